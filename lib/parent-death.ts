import { spawnSync } from 'node:child_process';

let available: boolean | undefined;

/**
 * Program and arguments that run `argv` so that the kernel sends it the signal when this process dies
 * without a chance to clean up. Needs util-linux's setpriv, which runs `argv` in its own place, so the
 * process id is the program's; where there is none `argv` comes back as it is.
 */
export function boundToParent(argv: readonly string[], signal: NodeJS.Signals): string[] {
  available ??= spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { cwd: '/' }).status === 0;
  return available ? ['setpriv', '--pdeathsig', signal.slice(3), ...argv] : [...argv];
}
