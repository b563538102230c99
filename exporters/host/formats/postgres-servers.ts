import type { Tree } from '../host-collector.ts';

/** A PostgreSQL server or its data, as /proc and the file system show it. */
export interface FoundServer {
  /** Empty where nothing tells it. */
  readonly dataDirectory: string;
  /** "15", "9.6"; of the data where they can be read, else of the program by its path. */
  readonly version: string | undefined;
  readonly port: number | undefined;
  readonly running: boolean;
}

interface Process {
  readonly pid: string;
  readonly folder: string;
  readonly words: readonly string[];
}

/**
 * Running servers first, then data that no server runs on. `processes` has lines of process id, owner, working
 * directory and words of the command, parted by tabs; `files` PG_VERSION and postmaster.pid of data directories.
 */
export function foundServers(processes: string, files: Tree): FoundServer[] {
  const running = processes
    .split('\n')
    .flatMap(parseProcess)
    .map((one) => runningServer(one, files));
  const known = new Set(running.map(({ dataDirectory }) => dataDirectory));
  const pids = new Set(processes.split('\n').flatMap((line) => parseProcess(line).map(({ pid }) => pid)));
  const others = [...files.keys()].flatMap((path) => {
    const dataDirectory = /^(?<directory>\/.+)\/PG_VERSION$/.exec(path)?.groups?.['directory'];
    if (dataDirectory === undefined || known.has(dataDirectory)) return [];
    const pid = pidFile(files, dataDirectory);
    // Known by its number only, where the directory is a link or seen from another container.
    const isRunning = pid.pid !== undefined && pids.has(pid.pid);
    return isRunning
      ? []
      : [{ dataDirectory, version: versionOf(files, dataDirectory), port: undefined, running: false }];
  });
  return [...running, ...others];
}

function parseProcess(line: string): Process[] {
  const [pid = '', , folder = '', ...words] = line.split('\t');
  return /^\d{1,10}$/.test(pid) ? [{ pid, folder, words }] : [];
}

function runningServer({ folder, words }: Process, files: Tree): FoundServer {
  const given = option(words, '-D');
  const dataDirectory = folder.startsWith('/') ? folder : given?.startsWith('/') ? trimmed(given) : '';
  return {
    dataDirectory,
    version: versionOf(files, dataDirectory) ?? versionInPath(words[0]) ?? versionInPath(dataDirectory),
    port: portNumber(pidFile(files, dataDirectory).port) ?? portNumber(option(words, '-p')) ?? setting(words),
    running: true,
  };
}

function versionOf(files: Tree, directory: string): string | undefined {
  const [line = ''] = files.get(`${directory}/PG_VERSION`) ?? [];
  return /^\d{1,2}(?:\.\d{1,2})?$/.exec(line.trim())?.[0];
}

/** postmaster.pid: process id, directory, start time, port, ... */
function pidFile(files: Tree, directory: string): { pid: string | undefined; port: string | undefined } {
  const lines = files.get(`${directory}/postmaster.pid`) ?? [];
  return { pid: lines[0]?.trim(), port: lines[3]?.trim() };
}

/** "/usr/lib/postgresql/15/bin/postgres", "/usr/pgsql-9.6/bin/postmaster", "/var/lib/pgsql/13/data". */
function versionInPath(path: string | undefined): string | undefined {
  const found =
    /\/(?:postgresql|postgres|pgsql|as|pgpro)[/-]?(?:std-|ent-)?(?<version>\d{1,2}(?:\.\d{1,2})?)\//i;
  return found.exec(path ?? '')?.groups?.['version'];
}

/** The value of "-D DIR" or "-DDIR". */
function option(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word, index) => index > 0 && word.startsWith(name));
  const word = words[at];
  return word === name ? words[at + 1] : word?.slice(name.length);
}

/** "-c port=5433", "--port=5433". */
function setting(words: readonly string[]): number | undefined {
  const found = words.map((word) => /^(?:--)?port=(?<port>\d+)$/.exec(word)?.groups?.['port']);
  return portNumber(found.find((port) => port !== undefined));
}

function portNumber(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return port > 0 && port <= 65_535 ? port : undefined;
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
