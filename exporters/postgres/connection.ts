import { createHash } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { formatAddress } from '../../lib/config.ts';
import { PgfleetError } from '../../lib/errors.ts';
import type { PostgresTarget } from './config.ts';
import { classify, endsSession, PostgresFailure } from './failure.ts';
import type { Row } from './rows.ts';
import { versionNumber } from './server-version.ts';
import { tlsOptions } from './tls-options.ts';
import {
  guardAnswers,
  onParameterStatus,
  ROW_TYPES,
  requestCancel,
  socketOf,
  withoutStartupOptions,
} from './wire.ts';

/** How a connection came about; a second one to the same server starts with what worked before. */
export interface Route {
  readonly tls: boolean;
  /** Through a pooler, which does not take our start-up options: settings then go with each transaction. */
  readonly pooled: boolean;
}

export interface ConnectOptions {
  readonly target: PostgresTarget;
  readonly database: string;
  readonly timeoutMs: number;
  /** Aborting ends the attempt at once. */
  readonly signal: AbortSignal;
  readonly route?: Route | undefined;
  /** What answers is a pooler: no start-up options from the beginning. */
  readonly pooled?: boolean;
}

/** One SQL statement of a batch. */
export interface Statement {
  /** Of the collector: for the prepared statement and for messages. */
  readonly name: string;
  readonly sql: string;
  /** Time the server may spend on it. */
  readonly timeoutMs: number;
  /** Written by people of the site, who name their tables without a schema. */
  readonly userSql?: boolean | undefined;
  /** Not to be kept as a prepared statement. */
  readonly unnamed?: boolean | undefined;
}

export interface StatementResult {
  readonly rows: readonly Row[];
  /** Time from the end of the statement before, so without waiting for others. */
  readonly seconds: number;
}

const OUR_PATH = 'pg_catalog';
/** PostgreSQL's own default. */
const USER_PATH = '"$user", public';
const END_TIMEOUT_MS = 1000;

/**
 * Sent with the start of a session; all are texts, so that pg_settings_* still tell the server's own values.
 * IntervalStyle is there for its report: a pooler that drops the options does not report ours.
 */
const STARTUP_SETTINGS = { client_encoding: 'UTF8', search_path: OUR_PATH, IntervalStyle: 'iso_8601' };

/**
 * What keeps us harmless: read only, no waiting for locks, no parallel workers. Set after the start, so
 * that `pg_settings.reset_val` stays the server's own. All exist since 9.6.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string | number>> = {
  default_transaction_read_only: 'on',
  lock_timeout: 100,
  idle_in_transaction_session_timeout: 10_000,
  max_parallel_workers_per_gather: 0,
  extra_float_digits: 3,
};

/** One session on a server, with pipelining: statements go out together and fail one by one. */
export class PostgresConnection {
  readonly route: Route;
  readonly connectSeconds: number;
  readonly openedAt = performance.now();
  readonly #client: pg.Client;
  readonly #doing: string;
  readonly #parameters: ReadonlyMap<string, string>;
  readonly #resetAnswer: () => void;
  #failure: PostgresFailure | undefined;
  #pending = 0;
  #lastReadyAt = 0;
  #timeoutMs: number | undefined;
  #searchPath = OUR_PATH;

  constructor(
    client: pg.Client,
    made: {
      route: Route;
      connectSeconds: number;
      doing: string;
      parameters: ReadonlyMap<string, string>;
      resetAnswer: () => void;
    },
  ) {
    this.#client = client;
    this.route = made.route;
    this.connectSeconds = made.connectSeconds;
    this.#doing = made.doing;
    this.#parameters = made.parameters;
    this.#resetAnswer = made.resetAnswer;
    client.on('error', (error) => {
      this.#failure ??= classify(error, this.#doing);
    });
    client.on('end', () => {
      this.#failure ??= new PostgresFailure('connect', `${this.#doing}: the server closed the connection`);
    });
    if (!this.route.pooled) this.#applySettings();
  }

  /** A value the server reports by itself: server_version, and in_hot_standby from 14 on. */
  reported(parameter: string): string | undefined {
    return this.#parameters.get(parameter);
  }

  /** server_version_num, from the reported version; 0 where there is none to read. */
  get version(): number {
    return versionNumber(this.reported('server_version') ?? '');
  }

  /** Why this connection can no longer be used; undefined while it can. */
  get failure(): PostgresFailure | undefined {
    return this.#failure;
  }

  /** Statements sent and not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Sends all statements in one go and returns their results in the same order. Each fails alone; all
   * that is unanswered fails when the connection does.
   */
  run(statements: readonly Statement[]): Promise<StatementResult>[] {
    const socket = socketOf(this.#client);
    socket.cork();
    try {
      if (this.#transactional) this.#control(this.#transactionStart());
      const results = statements.map((statement) => {
        this.#prepareFor(statement);
        return this.#submit(statement);
      });
      if (this.#transactional) this.#control('commit');
      return results;
    } finally {
      socket.uncork();
    }
  }

  /** One command for the console of a pooler: in the simple protocol and outside of any transaction. */
  ask(name: string, command: string): Promise<StatementResult> {
    return this.#submit({ name, sql: command, timeoutMs: 0 });
  }

  /** The text of `version()`, asked without anything that only PostgreSQL understands. */
  identify(): Promise<string> {
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      const query = new pg.Query<{ version: string }>('select version()', (error, result) => {
        this.#sinceLastReady(sentAt);
        if (error) reject(this.#failed(error, 'version'));
        else resolve(String(result.rows[0]?.version));
      });
      this.#client.query(query);
    });
  }

  /** Says goodbye; resolves when the connection is closed, and destroys it when that takes long. */
  async end(): Promise<void> {
    const timer = setTimeout(() => this.#destroySocket(), END_TIMEOUT_MS);
    await this.#client.end();
    clearTimeout(timer);
  }

  /** Cuts the connection and cancels what still runs on the server; what is unanswered fails with `failure`. */
  destroy(failure: PostgresFailure): void {
    this.#failure ??= failure;
    if (this.#pending > 0 && !this.route.tls) requestCancel(this.#client);
    this.#destroySocket();
  }

  /**
   * Before 15 every transaction reads the statistics anew from a file, so a batch is one transaction;
   * behind a pooler settings may only last as long as a transaction.
   */
  get #transactional(): boolean {
    return this.route.pooled || this.version < 150_000;
  }

  #submit({ name, sql, unnamed = false }: Statement): Promise<StatementResult> {
    const sentAt = performance.now();
    this.#pending += 1;
    return new Promise((resolve, reject) => {
      const named = !this.route.pooled && !unnamed;
      const config = named ? { text: sql, name: statementName(name, sql) } : { text: sql };
      const query = new pg.Query<Record<string, string>>(config, (error, result) => {
        this.#pending -= 1;
        const seconds = this.#sinceLastReady(sentAt);
        if (error) reject(this.#failed(error, name));
        else resolve({ rows: result.rows, seconds });
      });
      this.#client.query(query);
    });
  }

  #failed(error: Error, name: string): PostgresFailure {
    const failure = this.#failure ?? classify(error, name);
    if (endsSession(failure)) this.#failure ??= failure;
    return failure;
  }

  #prepareFor({ timeoutMs, userSql }: Statement): void {
    const searchPath = userSql === true ? USER_PATH : OUR_PATH;
    if (this.#transactional) {
      const path = userSql === true ? `; set local search_path = ${searchPath}` : '';
      this.#control(`rollback to savepoint pgfleet; set local statement_timeout = ${timeoutMs}${path}`);
      return;
    }
    if (searchPath !== this.#searchPath) this.#control(`set search_path = ${searchPath}`);
    if (timeoutMs !== this.#timeoutMs) this.#control(`set statement_timeout = ${timeoutMs}`);
    this.#searchPath = searchPath;
    this.#timeoutMs = timeoutMs;
  }

  /** Goes out with the first batch. */
  #applySettings(): void {
    const settings = {
      ...SESSION_SETTINGS,
      ...this.#encoding(),
      ...(this.version >= 110_000 ? { jit: 'off' } : {}),
    };
    this.#control(setAll('set', settings));
    // Where the platform allows it, a statement ends soon after we are gone.
    if (this.version >= 140_000) this.#control("set client_connection_check_interval = '1s'");
  }

  /**
   * A database without an encoding has bytes of any: as UTF-8 the server would refuse to send them. As
   * they are, what is not UTF-8 shows as U+FFFD.
   */
  #encoding(): { client_encoding?: string } {
    return this.reported('server_encoding') === 'SQL_ASCII' ? { client_encoding: 'SQL_ASCII' } : {};
  }

  #transactionStart(): string {
    const settings = { ...STARTUP_SETTINGS, ...SESSION_SETTINGS, ...this.#encoding() };
    return `begin transaction read only; ${setAll('set local', settings)}; savepoint pgfleet`;
  }

  /** A statement whose outcome shows in the ones after it. */
  #control(sql: string): void {
    const sentAt = performance.now();
    this.#client.query(new pg.Query(sql, () => void this.#sinceLastReady(sentAt)));
  }

  #sinceLastReady(sentAt: number): number {
    const now = performance.now();
    const seconds = (now - Math.max(sentAt, this.#lastReadyAt)) / 1000;
    this.#lastReadyAt = now;
    this.#resetAnswer();
    return seconds;
  }

  #destroySocket(): void {
    socketOf(this.#client).destroy();
  }
}

const STARTUP_OPTIONS = Object.entries(STARTUP_SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

function setAll(command: string, settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${command} ${name} = '${value}'`)
    .join('; ');
}

/**
 * Connects and logs in. `prefer` falls back to an unencrypted connection, and a pooler that refuses
 * start-up options gets none. Throws PostgresFailure; its message never holds a password.
 */
export async function connect(options: ConnectOptions): Promise<PostgresConnection> {
  const { target, signal } = options;
  const doing = `connecting to ${formatAddress(target.address)}`;
  const tls = await tlsOptions(target);
  let route: Route = options.route ?? { tls: tls !== undefined, pooled: options.pooled ?? false };
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const timeoutMs = deadline - performance.now();
    if (signal.aborted || timeoutMs <= 0) throw new PostgresFailure('timeout', `${doing}: no time left`);
    try {
      return await connectOnce(options, route, route.tls ? tls : undefined, timeoutMs, doing);
    } catch (error) {
      const failure = signal.aborted
        ? new PostgresFailure('timeout', `${doing}: no answer in time`, { cause: error })
        : classify(error, doing);
      const next = nextRoute(route, failure, target);
      if (next === undefined) throw failure;
      route = next;
    }
  }
}

/** What to try after a failure; undefined when nothing else can help. */
function nextRoute(route: Route, failure: PostgresFailure, target: PostgresTarget): Route | undefined {
  const { reason, sqlState } = failure;
  const refusesTls = reason === 'tls' || sqlState === '28000';
  if (route.tls && target.sslmode === 'prefer' && refusesTls) return { ...route, tls: false };
  // A pooler refuses the message, an old server or a fork does not know one of the settings.
  if (!route.pooled && (sqlState === '08P01' || sqlState === '42704')) return { ...route, pooled: true };
  return undefined;
}

async function connectOnce(
  options: ConnectOptions,
  route: Route,
  tls: ConnectionOptions | undefined,
  timeoutMs: number,
  doing: string,
): Promise<PostgresConnection> {
  const { target, database, signal } = options;
  const client = new pg.Client({
    host: target.address.host,
    port: target.address.port,
    user: target.user,
    database,
    password: () => passwordOf(target),
    ssl: tls ?? false,
    sslnegotiation: 'postgres',
    application_name: 'pgfleet',
    options: STARTUP_OPTIONS,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: Math.ceil(timeoutMs),
    types: ROW_TYPES,
  });
  if (route.pooled) withoutStartupOptions(client);
  const resetAnswer = guardAnswers(client);
  const parameters = new Map<string, string>();
  onParameterStatus(client, (name, value) => parameters.set(name, value));
  // The outcome of connecting comes through the promise; later errors through the listener of the connection.
  client.on('error', () => undefined);
  const abort = () => socketOf(client).destroy();
  signal.addEventListener('abort', abort, { once: true });
  const startedAt = performance.now();
  try {
    await client.connect();
    resetAnswer();
    const connectSeconds = (performance.now() - startedAt) / 1000;
    const taken = parameters.get('IntervalStyle') === STARTUP_SETTINGS.IntervalStyle;
    const actual = { ...route, pooled: route.pooled || !taken };
    return new PostgresConnection(client, {
      route: actual,
      connectSeconds,
      doing,
      parameters,
      resetAnswer,
    });
  } catch (error) {
    abort();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function passwordOf(target: PostgresTarget): string {
  if (target.password !== undefined) return target.password.reveal();
  throw new PgfleetError(
    'permission',
    `the server asks for the password of ${target.user}, and none is configured`,
  );
}

/** Prepared statements are known by name and text: the same collector may have another SQL later. */
function statementName(name: string, sql: string): string {
  return `${name.slice(0, 40)}_${createHash('sha1').update(sql).digest('hex').slice(0, 12)}`;
}
