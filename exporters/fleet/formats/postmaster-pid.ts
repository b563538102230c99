/**
 * Source: postmaster.pid in the data directory of a running (or crashed) server
 *         https://git.postgresql.org/gitweb/?p=postgresql.git;f=src/include/utils/pidfile.h
 * Shape:  one value per line: pid, data directory, start time, port, socket directory, listen address,
 *         shared memory key, status (10+); the last ones may be missing while it starts
 * Needs:  read access as the owner of the directory or root
 */

export interface PostmasterPid {
  readonly pid: number;
  readonly dataDirectory: string;
  /** Seconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly port: number | undefined;
  readonly socketDirectory: string | undefined;
  /** First of listen_addresses; undefined when it listens on no TCP address. */
  readonly listenAddress: string | undefined;
}

/** Undefined for text that is no postmaster.pid. A negative pid marks a single-user backend and counts as its own. */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const [pid = '', dataDirectory = '', started = '', port = '', socketDirectory = '', listen = ''] = text
    .split('\n')
    .map((line) => line.trim());
  if (!/^-?\d{1,10}$/.test(pid) || !dataDirectory.startsWith('/')) return undefined;
  const portNumber = wholeNumber(port);
  return {
    pid: Math.abs(Number(pid)),
    dataDirectory,
    startedAt: wholeNumber(started),
    port: portNumber !== undefined && portNumber > 0 && portNumber <= 65_535 ? portNumber : undefined,
    socketDirectory: socketDirectory.startsWith('/') ? socketDirectory : undefined,
    listenAddress: listen === '' ? undefined : listen,
  };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
