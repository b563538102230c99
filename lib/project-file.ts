import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PgfleetError } from './errors.ts';

/**
 * Absolute path of a file of the project, such as "alert-rules/thresholds.yml". The root is found from here
 * upwards, so the same data files serve when run from source and from dist/.
 */
export function projectFile(path: string): string {
  return join(ROOT, path);
}

const ROOT = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) {
    throw new PgfleetError(
      'internal',
      `package.json of pgfleet: expected above ${import.meta.dirname}, found none`,
    );
  }
  return findRoot(parent);
}
