import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectFile } from '../lib/project-file.ts';
import { EXIT } from './exit-codes.ts';
import { writeGenerated } from './generators.ts';

/** Folders that hold nothing but generated files: a file there that no generator writes is stale. */
const GENERATED_FOLDERS = ['dashboards/generated', 'alert-rules/generated', 'docs/reference'];

/** Writes every generated file, or with `check` names each one that differs from what would be written. */
export async function generateFiles({ check }: { check: boolean }): Promise<number> {
  if (!check) {
    for (const folder of GENERATED_FOLDERS) await rm(projectFile(folder), { recursive: true, force: true });
    await writeGenerated(projectFile(''));
    return EXIT.ok;
  }
  const folder = await mkdtemp(join(tmpdir(), 'pgfleet-generate-'));
  try {
    await writeGenerated(folder);
    const stale = await differences(folder);
    for (const path of stale)
      process.stderr.write(`${path}: not current; run \`npm run generate\` and commit it\n`);
    return stale.length === 0 ? EXIT.ok : EXIT.unwell;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function differences(fresh: string): Promise<string[]> {
  const expected = (await filesUnder(fresh)).map((path) => relative(fresh, path));
  const committed = await Promise.all(
    GENERATED_FOLDERS.map(async (folder) =>
      (await filesUnder(projectFile(folder))).map((path) => relative(projectFile(''), path)),
    ),
  );
  const paths = new Set([...expected, ...committed.flat()]);
  const stale = await Promise.all(
    [...paths].sort().map(async (path) => {
      const [wanted, found] = await Promise.all([contentOf(join(fresh, path)), contentOf(projectFile(path))]);
      return wanted === found ? [] : [path];
    }),
  );
  return stale.flat();
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
