import { PgfleetError } from '../../lib/errors.ts';
import { type ClusterState, PG_CONTROL_BYTES, parsePgControl } from './formats/pg-control.ts';
import { parsePostgresqlConf } from './formats/postgresql-conf.ts';
import { type PostmasterPid, parsePostmasterPid } from './formats/postmaster-pid.ts';
import type { MachineFiles } from './machine-files.ts';

/** What a data directory tells about its cluster without a connection to it. */
export interface DataDirectory {
  readonly path: string;
  /** See MachineFiles. */
  readonly identity: string | undefined;
  readonly major: number | undefined;
  readonly systemIdentifier: string | undefined;
  /** As last written; `in production` in a stopped directory means a crash or a copy of a running one. */
  readonly clusterState: ClusterState | undefined;
  /** As its configuration files say, where they lie in it; undefined when they lie elsewhere. */
  readonly configuredPort: number | undefined;
  /** Of the running postmaster; undefined when none runs in it. */
  readonly postmaster: PostmasterPid | undefined;
  /** Parts that exist and could not be read. */
  readonly unreadable: readonly PgfleetError[];
}

/**
 * Reads PG_VERSION, pg_control and postmaster.pid below a path. Undefined when the path is no data directory,
 * as far as may be seen. `path` is its name for people when it is read through another way, as /proc/PID/cwd.
 */
export async function readDataDirectory(
  files: MachineFiles,
  folder: string,
  path = folder,
): Promise<DataDirectory | undefined> {
  const unreadable: PgfleetError[] = [];
  const tryRead = async <T>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof PgfleetError)) throw error;
      unreadable.push(error);
      return undefined;
    }
  };
  const version = await tryRead(files.text(`${folder}/PG_VERSION`));
  if (version === undefined && unreadable.length === 0) return undefined;
  const control = await tryRead(readControl(files, folder));
  const pidText = await tryRead(files.text(`${folder}/postmaster.pid`));
  const identity = await tryRead(files.identity(folder));
  const postmaster = pidText === undefined ? undefined : parsePostmasterPid(pidText);
  const runs = postmaster !== undefined && (await tryRead(runsIn(files, postmaster.pid, identity)));
  return {
    path,
    identity,
    major: control?.major ?? majorOf(version),
    systemIdentifier: control?.systemIdentifier,
    clusterState: control?.state,
    configuredPort: await tryRead(readConfiguredPort(files, folder)),
    postmaster: runs ? postmaster : undefined,
    unreadable,
  };
}

/** Whether the process named in postmaster.pid is still the server of the folder: a crash leaves the file behind. */
async function runsIn(files: MachineFiles, pid: number, identity: string | undefined): Promise<boolean> {
  if (!(await isServerProcess(files, pid))) return false;
  const folder = await files.identity(`/proc/${pid}/cwd`);
  return folder === undefined || identity === undefined || folder === identity;
}

async function readControl(files: MachineFiles, folder: string) {
  const path = `${folder}/global/pg_control`;
  const bytes = await files.bytes(path, PG_CONTROL_BYTES);
  return bytes === undefined ? undefined : parsePgControl(path, bytes);
}

const DEFAULT_PORT = 5432;

/** ALTER SYSTEM writes the second file, which wins. */
async function readConfiguredPort(files: MachineFiles, folder: string): Promise<number | undefined> {
  const main = await files.text(`${folder}/postgresql.conf`);
  if (main === undefined) return undefined;
  const own = parsePostgresqlConf((await files.text(`${folder}/postgresql.auto.conf`)) ?? '').get('port');
  return Number(own ?? parsePostgresqlConf(main).get('port') ?? DEFAULT_PORT) || undefined;
}

function majorOf(version: string | undefined): number | undefined {
  return /^(?:9\.\d|\d{2})\s*$/.test(version ?? '') ? Number(version) : undefined;
}

/** Names of the server program: upstream, before 8.2 and EDB's. */
const SERVER_PROGRAMS: ReadonlySet<string> = new Set([
  'postgres',
  'postmaster',
  'edb-postgres',
  'edb-postmaster',
]);

/** Whether a process belongs to a PostgreSQL server, by the name the kernel keeps. */
export async function isServerProcess(files: MachineFiles, pid: number | string): Promise<boolean> {
  const name = await files.text(`/proc/${pid}/comm`);
  return SERVER_PROGRAMS.has(name?.trim() ?? '');
}
