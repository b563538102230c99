import type { MachineFiles } from './machine-files.ts';

const MAX_MATCHES = 1000;

/**
 * Paths that match a pattern in which `*` stands for any letters of one name. A pattern without a star is
 * returned as it is, whether it exists or not. Throws PgfleetError `permission` for a folder that may not be listed.
 */
export async function expandGlob(files: MachineFiles, pattern: string): Promise<string[]> {
  let paths = [''];
  for (const part of pattern.split('/').slice(1)) {
    if (!part.includes('*')) {
      paths = paths.map((path) => `${path}/${part}`);
      continue;
    }
    const name = new RegExp(`^${part.split('*').map(escapeRegExp).join('[^/]*')}$`);
    const found: string[] = [];
    for (const path of paths) {
      for (const entry of await files.names(path === '' ? '/' : path)) {
        if (name.test(entry) && found.length < MAX_MATCHES) found.push(`${path}/${entry}`);
      }
    }
    paths = found;
  }
  return paths;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
