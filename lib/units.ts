import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PgfleetError } from './errors.ts';

/** A discovered unit: a file of a folder and the value it exports under the agreed name. */
export interface Unit<T> {
  readonly fileName: string;
  readonly value: T;
}

/**
 * Imports every unit of a folder: `.ts` files when run from source, `.js` files when built; tests and
 * sub-folders are passed over, and so are the files named in `except`. Sorted by file name, so the order is the same everywhere.
 * Throws PgfleetError `internal`, naming the file, when one does not export `exportName`.
 */
export async function loadUnits<T>(
  folder: URL,
  exportName: string,
  { except = [] }: { readonly except?: readonly string[] } = {},
): Promise<Unit<T>[]> {
  const base = folder.href.endsWith('/') ? folder : new URL(`${folder.href}/`);
  const names = (await readdir(fileURLToPath(base)))
    .filter((name) => /^[a-z0-9-]+\.(ts|js)$/.test(name) && !except.includes(name.replace(/\.(ts|js)$/, '')))
    .sort();
  return Promise.all(
    names.map(async (fileName) => {
      const module: Record<string, unknown> = await import(new URL(fileName, base).href);
      const value = module[exportName];
      if (value === undefined) {
        throw new PgfleetError('internal', `${fileName}: expected an export named ${exportName}, found none`);
      }
      // The contract tests hold every unit of every folder to its type.
      return { fileName: fileName.replace(/\.(ts|js)$/, ''), value: value as T };
    }),
  );
}
