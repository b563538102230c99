import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The postmaster that runs on a data directory, whoever started it: found by postmaster.pid and
 * believed only when that process really works in the directory, as process ids are used again.
 */
export function runningPostmaster(dataDir: string): number | undefined {
  const pid = Number(readText(join(dataDir, 'postmaster.pid'))?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDir) ? pid : undefined;
  } catch {
    // Ended since, or not ours to look at, and then not our server either.
    return undefined;
  }
}

/**
 * Whether the postmaster of a data directory says that it is up, in the eighth line of postmaster.pid (PostgreSQL 10
 * and later). An answer on its port is no proof: the port may be another server's.
 */
export function isUp(dataDir: string): boolean {
  if (runningPostmaster(dataDir) === undefined) return false;
  const status = readText(join(dataDir, 'postmaster.pid'))?.split('\n')[7]?.trim();
  return status === 'ready' || status === 'standby';
}

/** Direct children of a process; PostgreSQL's are not in its process group, as each makes its own. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  // "pid (name) state ppid …": the name may itself hold spaces and brackets.
  const afterName = readText(`/proc/${pid}/stat`)?.split(') ').at(-1);
  return afterName === undefined ? undefined : Number(afterName.split(' ')[1]);
}

/** True while the process runs; a zombie that waits for its parent counts as gone. */
export function isAlive(pid: number): boolean {
  const afterName = readText(`/proc/${pid}/stat`)?.split(') ').at(-1);
  return afterName !== undefined && !afterName.startsWith('Z');
}

/** Sends a signal; false when the process is no longer there. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Resolves to whether all processes ended within the time. */
export async function waitGone(pids: readonly number[], timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** The signals PostgreSQL documents for its three ways of stopping. */
export const STOP_SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export type StopMode = keyof typeof STOP_SIGNALS;

/** Stops whatever postmaster runs on a data directory, with its children; SIGKILL when the time is over. */
export async function stopPostmaster(dataDir: string, mode: StopMode, timeoutMs = 30_000): Promise<void> {
  const pid = runningPostmaster(dataDir);
  if (pid === undefined) return;
  const family = [pid, ...childrenOf(pid)];
  // A paused process would keep the signal waiting for ever.
  for (const member of family) send(member, 'SIGCONT');
  send(pid, STOP_SIGNALS[mode]);
  if (await waitGone([pid], timeoutMs)) return;
  await killPostmaster(pid);
}

/** SIGKILL to the postmaster alone, as an out-of-memory kill would; its children notice and end by themselves. */
export async function killPostmaster(pid: number): Promise<void> {
  const children = childrenOf(pid);
  send(pid, 'SIGKILL');
  if (await waitGone([pid, ...children], 5_000)) return;
  for (const child of children.filter(isAlive)) send(child, 'SIGKILL');
  await waitGone([pid, ...children], 5_000);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Processes and their files come and go: absent is an answer here.
    return undefined;
  }
}
