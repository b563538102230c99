import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's root, found from here upwards: the same files serve from source and from dist/. */
const ROOT = findRoot(import.meta.dirname);

/** Absolute path of a file of the project, such as "package.json" or "dashboards/generated". */
export function projectFile(path: string): string {
  return join(ROOT, path);
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json of pgfleet not found above the program');
  return findRoot(parent);
}
