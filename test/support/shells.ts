import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { findProgram } from '../../cli/up/find-program.ts';

export interface Shell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const CANDIDATES: readonly Shell[] = [
  { name: 'dash', command: ['dash'] },
  { name: 'bash in posix mode', command: ['bash', '--norc', '--posix'] },
  { name: 'busybox ash', command: [busybox(), 'ash'] },
];

/** By its path: the tests start shells without the PATH that it may be found on, and as users who may not enter this clone. */
function busybox(): string {
  const program = findProgram('busybox');
  if (program === undefined) return 'busybox';
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-busybox-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const copy = join(folder, 'busybox');
  copyFileSync(program, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** Shells of this machine that capture.sh must run under, and the names of those it lacks. */
export function findShells(): { readonly found: readonly Shell[]; readonly missing: readonly string[] } {
  const works = ({ command: [file, ...rest] }: Shell) => spawnSync(file, [...rest, '-c', ':']).status === 0;
  const found = CANDIDATES.filter(works);
  return { found, missing: CANDIDATES.filter((shell) => !found.includes(shell)).map(({ name }) => name) };
}
