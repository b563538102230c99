import { spawnSync } from 'node:child_process';
import { findProgram } from '../../cli/up/find-program.ts';

export interface Shell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const CANDIDATES: readonly Shell[] = [
  { name: 'dash', command: ['dash'] },
  { name: 'bash in posix mode', command: ['bash', '--norc', '--posix'] },
  // By its path: the tests start shells without the PATH that it may be found on.
  { name: 'busybox ash', command: [findProgram('busybox') ?? 'busybox', 'ash'] },
];

/** Shells of this machine that capture.sh must run under, and the names of those it lacks. */
export function findShells(): { readonly found: readonly Shell[]; readonly missing: readonly string[] } {
  const works = ({ command: [file, ...rest] }: Shell) => spawnSync(file, [...rest, '-c', ':']).status === 0;
  const found = CANDIDATES.filter(works);
  return { found, missing: CANDIDATES.filter((shell) => !found.includes(shell)).map(({ name }) => name) };
}
