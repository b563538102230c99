import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { PgfleetError } from '../../lib/errors.ts';
import { CAPTURES, demoConfig } from './demo-config.ts';
import { type LoadTarget, runLoad } from './demo-load.ts';
import { type DemoPasswords, prepareDemoServer } from './demo-schema.ts';
import { type DemoServer, demoServers } from './demo-servers.ts';
import { type DemoState, keptSecret, planDemoState, type ServerPlace } from './demo-state.ts';
import { type PostgresOptions, type PostgresServer, startPostgres } from './embedded-postgres.ts';
import { writeLegacyCaptures } from './legacy/machines.ts';
import { type Mail, type MailSink, startMailSink } from './mail-sink.ts';
import { startClone } from './postgres-clone.ts';
import { startStandby } from './postgres-standby.ts';
import { runningPostmaster, type StopMode, send } from './postmaster.ts';

export interface DemoFleet {
  /** The pgfleet.yml that describes it. */
  readonly configFile: string;
  readonly mailFolder: string;
  readonly smtpPort: number;
  readonly servers: readonly RunningDemoServer[];
  /** Where a declared server is missing; undefined where no server can run at all. */
  readonly ghostPort: number | undefined;
  /** Stops load, servers and mail sink; also servers that the user started again. */
  close(mode: StopMode): Promise<void>;
}

export interface RunningDemoServer extends ServerPlace {
  readonly version: string;
  readonly dataDir: string;
  readonly standbyOf: string | undefined;
  readonly cloneOf: string | undefined;
  /** Whether pgfleet.yml has an entry for it. */
  readonly declared: boolean;
}

/** A demo fleet that is decided on and described, with nothing started. */
export interface DemoPlan {
  readonly folder: string;
  /** The pgfleet.yml that describes it. */
  readonly configFile: string;
  readonly wanted: readonly DemoServer[];
  readonly state: DemoState;
  readonly passwords: DemoPasswords;
}

export interface DemoOptions {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
  readonly onMail: (mail: Mail) => void;
}

/** Chooses places and ports (those of the last run while they are free) and writes the fleet's pgfleet.yml and captures. */
export async function planDemoFleet(folder: string): Promise<DemoPlan> {
  const wanted = demoServers();
  const state = await planDemoState(folder, wanted);
  const passwords = await demoPasswords(folder);
  const configFile = join(folder, 'pgfleet.yml');
  await writeLegacyCaptures(join(folder, CAPTURES), Date.now() / 1000);
  await writeFile(configFile, demoConfig(wanted, state));
  return { folder, configFile, wanted, state, passwords };
}

/**
 * Starts real PostgreSQL servers with a little load, and a mail server that keeps alert mails as files.
 * A server that is killed while the fleet runs stays down: the outage is there to be watched.
 */
export async function startDemoFleet(plan: DemoPlan, options: DemoOptions): Promise<DemoFleet> {
  const { folder, configFile, wanted, state, passwords } = plan;
  const { signal, progress, onMail } = options;
  if (wanted.length === 0) {
    progress(
      'No PostgreSQL binaries for this platform (Linux on x86-64 only): the demo fleet is this machine alone',
    );
  }
  const mailFolder = join(folder, 'mail');
  const fleet = new RunningFleet(state, wanted);
  try {
    await fleet.startMail(mailFolder, onMail);
    await fleet.startServers(passwords, signal, progress);
    fleet.startLoad(passwords.app);
  } catch (error) {
    await fleet.close('immediate');
    throw error;
  }
  return {
    configFile,
    mailFolder,
    smtpPort: state.smtpPort,
    ghostPort: state.ghostPort,
    servers: fleet.describe(),
    close: (mode) => fleet.close(mode),
  };
}

async function demoPasswords(folder: string): Promise<DemoPasswords> {
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  const [superuser, monitoring, app] = await Promise.all(
    ['superuser', 'monitoring', 'app'].map((name) => keptSecret(join(secrets, name))),
  );
  if (superuser === undefined || monitoring === undefined || app === undefined) {
    throw new PgfleetError('internal', `${secrets}: expected three passwords`);
  }
  return { superuser, monitoring, app };
}

class RunningFleet {
  readonly #state: DemoState;
  readonly #wanted: readonly DemoServer[];
  readonly #servers = new Map<string, PostgresServer>();
  readonly #load = new AbortController();
  readonly #onExit = () => this.#signalOnExit();
  #loads: readonly Promise<void>[] = [];
  #mail: MailSink | undefined;

  constructor(state: DemoState, wanted: readonly DemoServer[]) {
    this.#state = state;
    this.#wanted = wanted;
    process.once('exit', this.#onExit);
    // Each server has a last word of its own there, which Node would take for a leak from eleven on.
    process.setMaxListeners(process.getMaxListeners() + wanted.length);
  }

  async startMail(folder: string, onMail: (mail: Mail) => void): Promise<void> {
    this.#mail = await startMailSink({ port: this.#state.smtpPort, folder, onMail });
  }

  async startServers(
    passwords: DemoPasswords,
    signal: AbortSignal,
    progress: (message: string) => void,
  ): Promise<void> {
    const start = async (wanted: DemoServer) => {
      const server = await this.#start(wanted, passwords.superuser, signal);
      this.#servers.set(wanted.name, server);
      if (originOf(wanted) === undefined) await prepareDemoServer(server, wanted, passwords);
      progress(`${wanted.name}: PostgreSQL ${server.version} on ${server.host}:${server.port}`);
    };
    // Copies come second, when there is something to copy.
    await settleAll(this.#wanted.filter((server) => originOf(server) === undefined).map(start));
    await settleAll(this.#wanted.filter((server) => originOf(server) !== undefined).map(start));
  }

  /** The signal only prevents further starts: stopping is `close`, which is gentle. */
  #start(wanted: DemoServer, superuserPassword: string, signal: AbortSignal): Promise<PostgresServer> {
    signal.throwIfAborted();
    const place = this.#place(wanted.name);
    const options: Omit<PostgresOptions, 'superuserPassword'> = {
      major: wanted.major,
      home: place.home,
      port: place.port,
      settings: {
        shared_preload_libraries: 'pg_stat_statements',
        cluster_name: wanted.name,
        // Gentle to the disk of whoever tries it; without fsync, an alert would rightly fire for each server.
        synchronous_commit: 'off',
        max_wal_size: '128MB',
        track_io_timing: true,
        log_min_duration_statement: 1000,
      },
    };
    const origin = originOf(wanted);
    if (origin === undefined) return startPostgres({ ...options, superuserPassword });
    const primary = this.#servers.get(origin);
    if (primary === undefined)
      throw new PgfleetError('internal', `${wanted.name}: expected ${origin} to run`);
    if (wanted.cloneOf !== undefined) return startClone(primary, options);
    const slot = wanted.name.replaceAll('-', '_');
    return startStandby(primary, { ...options, applicationName: wanted.name, slot });
  }

  startLoad(password: string): void {
    this.#loads = this.#wanted
      .flatMap((wanted) => this.#loadTargets(wanted, password))
      .map((target) => runLoad(target, this.#load.signal));
  }

  /** Nobody works on what nobody declared. */
  #loadTargets({ name, standbyOf, databases, registry }: DemoServer, password: string): LoadTarget[] {
    const server = this.#servers.get(name);
    if (server === undefined || registry === undefined) return [];
    const primary = this.#wanted.find((other) => other.name === standbyOf);
    return (primary?.databases ?? databases).map((database) => ({
      host: server.host,
      port: server.port,
      database,
      password,
      readOnly: standbyOf !== undefined,
    }));
  }

  describe(): readonly RunningDemoServer[] {
    return this.#wanted.flatMap(({ name, standbyOf, cloneOf, registry }) => {
      const server = this.#servers.get(name);
      if (server === undefined) return [];
      const { version, dataDir } = server;
      return [
        { ...this.#place(name), version, dataDir, standbyOf, cloneOf, declared: registry !== undefined },
      ];
    });
  }

  #place(name: string): ServerPlace {
    const place = this.#state.servers.find((server) => server.name === name);
    if (place === undefined)
      throw new PgfleetError('internal', `${name}: expected a place in the demo's state`);
    return place;
  }

  async close(mode: StopMode): Promise<void> {
    this.#load.abort();
    await Promise.all([...this.#servers.values()].map((server) => server.stop(mode)));
    await Promise.all(this.#loads);
    await this.#mail?.close();
    process.off('exit', this.#onExit);
  }

  /** By data directory, not by child: a server that the user started again is ours to stop too. */
  #signalOnExit(): void {
    for (const server of this.#servers.values()) {
      const pid = runningPostmaster(server.dataDir);
      if (pid !== undefined) send(pid, 'SIGQUIT');
    }
  }
}

/** The server that it is a copy of. */
function originOf({ standbyOf, cloneOf }: DemoServer): string | undefined {
  return standbyOf ?? cloneOf;
}

/** Waits for all before it throws: nothing may still be starting while we clean up. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
