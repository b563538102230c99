import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorMessage, PgfleetError } from '../../lib/errors.ts';
import { boundToParent } from '../../lib/parent-death.ts';
import { freePort } from './free-port.ts';
import { initdb, serverEnvironment } from './initdb.ts';
import { type PostgresInstallation, preparePostgres } from './postgres-package.ts';
import {
  childrenOf,
  isUp,
  killPostmaster,
  runningPostmaster,
  type StopMode,
  send,
  stopPostmaster,
} from './postmaster.ts';
import { asAccount, giveTo, temporaryFolder } from './server-account.ts';

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface PostgresOptions {
  readonly major: number;
  /**
   * Folder for data, log and socket, kept after `stop`; the user who runs the server must be able to
   * reach it (see server-account.ts). Default: a new temporary folder, removed by `stop`.
   */
  readonly home?: string;
  /** TCP port on 127.0.0.1. Default: a free one, kept over restarts. */
  readonly port?: number;
  /** postgresql.conf settings. */
  readonly settings?: Settings;
  /** The whole of pg_hba.conf. Default: `auth` for everything from loopback. */
  readonly hba?: string;
  /** Default: scram-sha-256 with a password, else trust. */
  readonly auth?: 'trust' | 'md5' | 'scram-sha-256';
  /** Password of the superuser `postgres`. */
  readonly superuserPassword?: string;
  readonly initdbArgs?: readonly string[];
  /** Files laid beside postgresql.conf before the start, for example server.key; mode 0600. */
  readonly files?: Readonly<Record<string, string>>;
  /** Aborting stops the server at once. */
  readonly signal?: AbortSignal;
  /** Says each step: initdb, start, stop. */
  readonly log?: (message: string) => void;
}

/** How to make a data directory, where one is needed: by initdb, or as a copy of a primary. */
export type Initialise = (installation: PostgresInstallation, dataDir: string) => Promise<void>;

const READY_TIMEOUT_MS = 60_000;
const INCLUDE = "include 'pgfleet.conf'";

/** A real PostgreSQL server on loopback. Made by `startPostgres` and `startStandby`. */
export class PostgresServer {
  readonly major: number;
  readonly version: string;
  readonly host: string = '127.0.0.1';
  readonly user = 'postgres';
  readonly password: string | undefined;
  readonly home: string;
  readonly dataDir: string;
  /** Undefined where the path would be longer than a socket's may be (107 bytes). */
  readonly socketDir: string | undefined;
  readonly logFile: string;
  readonly #installation: PostgresInstallation;
  readonly #options: PostgresOptions;
  readonly #onExit = () => this.#signalOnExit();
  readonly #onAbort = () => void this.kill9();
  readonly #port: number;
  #settings: Settings;
  #child: ChildProcess | undefined;

  constructor(installation: PostgresInstallation, options: PostgresOptions, home: string, port: number) {
    this.major = installation.major;
    this.version = installation.version;
    this.password = options.superuserPassword;
    this.home = home;
    this.dataDir = join(home, 'data');
    this.logFile = join(home, 'server.log');
    this.socketDir = Buffer.byteLength(home) <= 80 ? home : undefined;
    this.#installation = installation;
    this.#options = options;
    this.#port = port;
    this.#settings = options.settings ?? {};
  }

  get port(): number {
    return this.#port;
  }

  /** The postmaster's process id; undefined when the server does not run. */
  get pid(): number | undefined {
    return runningPostmaster(this.dataDir);
  }

  /** Connection settings of the superuser for `pg`. */
  connection(database = 'postgres'): pg.ClientConfig {
    const password = this.password === undefined ? {} : { password: this.password };
    return { host: this.host, port: this.#port, user: this.user, database, ...password };
  }

  /** One connection of the superuser; the caller ends it. */
  async connect(database?: string): Promise<pg.Client> {
    const client = new pg.Client(this.connection(database));
    // Without a listener a server that is killed under the connection would end this process.
    client.on('error', (error) => this.#options.log?.(`connection lost: ${error.message}`));
    await client.connect();
    return client;
  }

  /** Runs one statement as superuser on a connection of its own. */
  async query(sql: string, values: readonly unknown[] = [], database?: string): Promise<pg.QueryResult> {
    const client = await this.connect(database);
    try {
      return await client.query(sql, [...values]);
    } finally {
      await client.end();
    }
  }

  /** Makes the data directory unless there is one. */
  async initialise(make: Initialise): Promise<void> {
    if (existsSync(join(this.dataDir, 'PG_VERSION'))) return;
    this.#options.log?.(`creating PostgreSQL ${this.version} in ${this.dataDir}`);
    // Made aside and then put in place: an interrupted initdb never looks like a data directory.
    const aside = `${this.dataDir}.new`;
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await giveTo(this.#installation.account, this.home);
    await giveTo(this.#installation.account, aside);
    await make(this.#installation, aside);
    const conf = await readFile(join(aside, 'postgresql.conf'), 'utf8');
    if (!conf.includes(INCLUDE)) await this.#write('postgresql.conf', `${conf}\n${INCLUDE}\n`, aside);
    if (this.#options.hba !== undefined) await this.#write('pg_hba.conf', this.#options.hba, aside);
    await rename(aside, this.dataDir);
  }

  /** What was set beyond the standard settings. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Changes settings; they hold from the next start, or `reload()` where PostgreSQL allows that. */
  async configure(settings: Settings): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    const all = { ...this.#standardSettings(), ...this.#settings };
    const lines = Object.entries(all).map(([name, value]) => `${name} = ${quoteSetting(value)}`);
    await this.#write('pgfleet.conf', `${lines.join('\n')}\n`);
  }

  /** Replaces pg_hba.conf; holds from `reload()` or the next start. */
  async authenticate(hba: string): Promise<void> {
    await this.#write('pg_hba.conf', hba);
  }

  reload(): void {
    const pid = this.pid;
    if (pid !== undefined) send(pid, 'SIGHUP');
  }

  /** Starts the server on its data directory and resolves when it answers. */
  async start(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (this.pid !== undefined) return;
    for (const [name, text] of Object.entries(this.#options.files ?? {})) await this.#write(name, text);
    const before = existsSync(this.logFile) ? (await readFile(this.logFile)).length : 0;
    const log = openSync(this.logFile, 'a', 0o600);
    await giveTo(this.#installation.account, this.logFile);
    const [file = '', ...args] = boundToParent(
      [join(this.#installation.binDir, 'postgres'), '-D', this.dataDir],
      'SIGQUIT',
    );
    const child = spawn(file, args, {
      cwd: this.dataDir,
      env: serverEnvironment(),
      stdio: ['ignore', log, log],
      // A session of its own: a Ctrl-C in the terminal is ours to handle, not the server's.
      detached: true,
      ...asAccount(this.#installation.account),
    });
    closeSync(log);
    this.#child = child;
    process.once('exit', this.#onExit);
    this.#options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    try {
      await this.#untilReady(child, before);
    } catch (error) {
      await this.#halt('immediate');
      throw error;
    }
    this.#options.log?.(`PostgreSQL ${this.version} answers on ${this.host}:${this.#port}`);
  }

  /** Stops the server, and removes its folder when that is a temporary one. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#halt(mode);
    if (this.#options.home === undefined) await rm(this.home, { recursive: true, force: true });
  }

  async restart(mode: StopMode = 'fast'): Promise<void> {
    await this.#halt(mode);
    await this.start();
  }

  /** A crash: SIGKILL to the postmaster. The folder stays, `start` recovers. */
  async kill9(): Promise<void> {
    const pid = this.pid ?? this.#child?.pid;
    if (pid !== undefined) await killPostmaster(pid);
    this.#release();
  }

  /** A hang: SIGSTOP to the postmaster, then to all its children. Connections are accepted by the kernel and never answered. */
  pause(): void {
    const pid = this.pid;
    if (pid === undefined)
      throw new PgfleetError('command', `PostgreSQL on port ${this.#port} is not running`);
    send(pid, 'SIGSTOP');
    for (const child of childrenOf(pid)) send(child, 'SIGSTOP');
  }

  resume(): void {
    const pid = this.pid;
    if (pid === undefined) return;
    for (const child of childrenOf(pid)) send(child, 'SIGCONT');
    send(pid, 'SIGCONT');
  }

  /** The end of the server's log, for error messages. */
  async logTail(lines = 15): Promise<string> {
    if (!existsSync(this.logFile)) return '(no log)';
    return (await readFile(this.logFile, 'utf8')).trimEnd().split('\n').slice(-lines).join('\n');
  }

  #standardSettings(): Settings {
    return {
      listen_addresses: '127.0.0.1',
      port: this.#port,
      unix_socket_directories: this.socketDir ?? '',
      shared_buffers: '16MB',
      max_connections: 50,
      logging_collector: false,
      log_destination: 'stderr',
      log_line_prefix: '%m [%p] ',
      lc_messages: 'C',
    };
  }

  async #untilReady(child: ChildProcess, logOffset: number): Promise<void> {
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
    });
    const deadline = Date.now() + READY_TIMEOUT_MS;
    for (;;) {
      this.#options.signal?.throwIfAborted();
      if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) {
        const log = (await readFile(this.logFile, 'utf8')).slice(logOffset).trimEnd();
        if (/could not bind .*Address already in use/.test(log)) throw new PortTaken(this.#port, log);
        throw new PgfleetError(
          'command',
          `PostgreSQL ${this.version} did not start on port ${this.#port}; its log (${this.logFile}) ends with:\n${lastLines(log)}`,
          { cause: failure },
        );
      }
      const answer = await this.#knock();
      if (answer === 'ready' && isUp(this.dataDir)) return;
      if (Date.now() > deadline) {
        throw new PgfleetError(
          'timeout',
          `PostgreSQL ${this.version} on port ${this.#port} did not answer within ${READY_TIMEOUT_MS / 1000} s (${answer}); its log (${this.logFile}) ends with:\n${await this.logTail()}`,
        );
      }
      await sleep(40);
    }
  }

  /** Any answer but "starting up" means ready: a pg_hba.conf that refuses us is an answer too. */
  async #knock(): Promise<string> {
    const client = new pg.Client({ ...this.connection(), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return 'ready';
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined;
      return code !== undefined && code !== '57P03' ? 'ready' : errorMessage(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async #halt(mode: StopMode): Promise<void> {
    await stopPostmaster(this.dataDir, mode);
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    this.#release();
  }

  #release(): void {
    this.#child = undefined;
    process.off('exit', this.#onExit);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
  }

  #signalOnExit(): void {
    const pid = this.pid;
    if (pid === undefined) return;
    for (const member of [pid, ...childrenOf(pid)]) send(member, 'SIGCONT');
    send(pid, 'SIGQUIT');
  }

  async #write(name: string, text: string, folder = this.dataDir): Promise<void> {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    await chmod(path, 0o600);
    await giveTo(this.#installation.account, path);
  }
}

/** Another program took the port between our choice and the server's start. */
class PortTaken extends PgfleetError {
  constructor(port: number, log: string) {
    super('command', `port ${port} is taken by another program:\n${lastLines(log)}`);
  }
}

/** Creates (initdb, without syncing to disk) and starts a server; takes about a second. */
export function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  return startServer(options, {}, initdb(options));
}

/** The common way of all servers: folder, data directory, settings, start; a free port is chosen anew when it was taken meanwhile. */
export async function startServer(
  options: PostgresOptions,
  settings: Settings,
  make: Initialise,
): Promise<PostgresServer> {
  const installation = await preparePostgres(options.major);
  const home = options.home ?? (await temporaryFolder(installation.account));
  await mkdir(home, { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const server = new PostgresServer(installation, options, home, port);
    try {
      await server.initialise(make);
      await server.configure(settings);
      await server.start();
      return server;
    } catch (error) {
      if (error instanceof PortTaken && options.port === undefined && attempt < 5) continue;
      if (options.home === undefined) await rm(home, { recursive: true, force: true });
      throw error;
    }
  }
}

/** A value as postgresql.conf wants it. */
export function quoteSetting(value: string | number | boolean): string {
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function lastLines(text: string): string {
  return text.split('\n').slice(-15).join('\n');
}
