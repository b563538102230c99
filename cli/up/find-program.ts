import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { projectFile } from '../../lib/project-file.ts';

/**
 * The first of the names that is an executable on PATH, in the system's folders for servers, or among
 * the packages that `npm start` unpacked below .pgfleet/tools.
 */
export function findProgram(...names: readonly string[]): string | undefined {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...path, '/usr/sbin', '/sbin', ...toolFolders()]) {
    const found = names.map((name) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toolFolders(): string[] {
  const tools = projectFile('.pgfleet/tools');
  if (!existsSync(tools)) return [];
  return readdirSync(tools).flatMap((name) =>
    ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((folder) => join(tools, name, folder)),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Absent or not ours to run: the search goes on.
    return false;
  }
}

/** Debian ships Alertmanager under another name than its project does. */
export const ALERTMANAGER_NAMES = ['alertmanager', 'prometheus-alertmanager'] as const;
