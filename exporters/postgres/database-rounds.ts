import type { Catalog } from '../../catalog/catalog.ts';
import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { errorMessage } from '../../lib/errors.ts';
import type { Sample } from '../../lib/metric.ts';
import type { Job } from '../../lib/run-collectors.ts';
import { Batch } from './batch.ts';
import type { PostgresTarget } from './config.ts';
import { connect, type PostgresConnection, type Route } from './connection.ts';
import { chooseDatabases, matchesAny } from './database-list.ts';
import { factsSql, parseFacts, type ServerFacts } from './facts.ts';
import { classify, endsSession, type FailureReason, PostgresFailure } from './failure.ts';
import { type Chosen, planCollectors } from './planner.ts';
import type { PostgresCollector } from './postgres-collector.ts';
import { Remainders } from './remainder.ts';
import { roundSamples } from './round-metrics.ts';
import type { Row } from './rows.ts';

/** Every database is read once in this time, as long as the budget of the scrapes allows. */
const DEFAULT_TTL_SECONDS = 60;
/** A scrape that comes a little before its turn is taken for it. */
const EARLY = 0.9;
/** More than an even share per scrape, so that what was missed is made up for. */
const CATCH_UP = 1.25;
/** Samples of a collector that fails in a database are served for this many of its turns. */
const MAX_STALE_TURNS = 3;
/** Failures that the next database would meet as well. */
const SERVER_WIDE: ReadonlySet<FailureReason> = new Set(['connect', 'timeout', 'shutting_down']);
/** A database that refused us, or where we got stuck, is left alone for this long. */
const RETRY_SECONDS = 30;
/** Kept of a scrape's time for handing out what the round has read. */
const RESERVE_SHARE = 0.1;
const MAX_RESERVE_MS = 500;
/** A visit that the end of the round cuts off sooner was not the fault of its database. */
const HURRIED_MS = 1000;
/** So many databases in a row that refuse us mean the server, whatever they say. */
const REFUSALS_IN_A_ROW = 3;

export interface RoundOptions {
  /** Rows of DATABASES_SQL, when they were asked for in this scrape. */
  readonly databases: Promise<readonly Row[]> | undefined;
  /** Of the server; what a database has of its own (extensions) is asked there. */
  readonly facts: ServerFacts;
  /** How the long-lived connection got through. */
  readonly route: Route;
  readonly signal: AbortSignal;
  /** A time of `performance.now()`. */
  readonly endsAt: number;
}

interface DatabaseState {
  readonly name: string;
  /** Of its own extensions and privileges; undefined before the first visit. */
  facts: ServerFacts | undefined;
  triedAt: number;
  visitedAt: number | undefined;
  failure: PostgresFailure | undefined;
  readonly results: Map<string, Result>;
  readonly remainders: Remainders;
}

interface Result {
  readonly triedAt: number;
  /** When the samples were read. */
  readonly readAt: number | undefined;
  readonly samples: readonly Sample[];
  readonly seconds: number;
  readonly failure: PostgresFailure | undefined;
}

/**
 * Reads every database in turn over one connection at a time: those whose results are oldest first, as
 * many as the scrape has time for. What was read before is served until its turn comes again.
 */
export class DatabaseRounds {
  readonly #target: PostgresTarget;
  readonly #collectors: readonly PostgresCollector[];
  readonly #now: () => number;
  readonly #catalog: Catalog;
  readonly #factsSql: string;
  readonly #states = new Map<string, DatabaseState>();
  #round: Promise<void> = Promise.resolve();
  #lastStart: number | undefined;
  #due = 0;

  constructor(
    target: PostgresTarget,
    collectors: readonly PostgresCollector[],
    context: {
      readonly now: () => number;
      readonly catalog: Catalog;
      readonly privileges: readonly string[];
    },
  ) {
    this.#target = target;
    this.#collectors = collectors;
    this.#now = context.now;
    this.#catalog = context.catalog;
    this.#factsSql = factsSql(context.privileges);
  }

  /** Starts this scrape's round; `finished` resolves at its end, while there is time left to serve what it read. */
  start({ signal, endsAt, ...options }: RoundOptions): void {
    const leftMs = endsAt - performance.now();
    const ownMs = leftMs - Math.min(leftMs * RESERVE_SHARE, MAX_RESERVE_MS);
    const deadline = startDeadline(ownMs, signal);
    const own = { ...options, signal: deadline.signal, endsAt: performance.now() + ownMs };
    this.#round = this.#run(own).finally(() => deadline.clear());
  }

  /** Drops what was read; every database is read at once, as when it was new. Only between rounds. */
  forget(): void {
    for (const state of this.#states.values()) {
      state.results.clear();
      state.visitedAt = undefined;
    }
  }

  /** Never rejects. */
  get finished(): Promise<void> {
    return this.#round;
  }

  /** A job per collector that emits what is known of all databases once the round is over. */
  job(collector: PostgresCollector): Job {
    const { timeoutSeconds: _, ttlSeconds: __, ...declaration } = collector;
    return {
      collector: declaration,
      collect: async (run) => {
        await this.#round;
        const failures: string[] = [];
        for (const { name, results } of this.#states.values()) {
          const result = results.get(collector.name);
          if (result === undefined) continue;
          run.emit(result.samples);
          run.spent(result.seconds);
          if (result.failure !== undefined)
            failures.push(`database ${name}: ${errorMessage(result.failure)}`);
        }
        const [first] = failures;
        if (first !== undefined) {
          const others = failures.length > 1 ? ` (and ${failures.length - 1} more databases)` : '';
          throw new PostgresFailure('query', `${first}${others}`);
        }
      },
    };
  }

  /** How current what is served is. */
  samples(): Sample[] {
    return roundSamples(this.#due, this.#states.values(), this.#now());
  }

  async #run(options: RoundOptions): Promise<void> {
    await this.#updateList(options);
    const queue = this.#queue();
    this.#due = queue.length;
    let refusals = 0;
    for (const state of queue) {
      if (options.signal.aborted || performance.now() >= options.endsAt) return;
      await this.#visit(state, options);
      if (options.signal.aborted) return;
      this.#due -= 1;
      refusals = state.failure === undefined ? 0 : refusals + 1;
      if (state.failure !== undefined && isServerWide(state.failure)) return;
      if (refusals === REFUSALS_IN_A_ROW) return;
    }
  }

  /**
   * Databases whose turn it is: new ones at once, the others evenly over the time in which each has its
   * turn, so that no scrape is much slower than the rest.
   */
  #queue(): readonly DatabaseState[] {
    const now = this.#now();
    const sinceLast = this.#lastStart === undefined ? DEFAULT_TTL_SECONDS : (now - this.#lastStart) / 1000;
    this.#lastStart = now;
    const due = [...this.#states.values()].filter(
      (state) => this.#mayTry(state) && this.#dueCollectors(state).length > 0,
    );
    const fresh = due.filter(({ visitedAt }) => visitedAt === undefined);
    const known = due.filter(({ visitedAt }) => visitedAt !== undefined);
    const share = Math.ceil(this.#states.size * (sinceLast / DEFAULT_TTL_SECONDS) * CATCH_UP);
    const byAge = (a: DatabaseState, b: DatabaseState) => a.triedAt - b.triedAt;
    return [...known.sort(byAge).slice(0, share), ...fresh.sort(byAge)];
  }

  async #updateList({ databases, signal }: RoundOptions): Promise<void> {
    let names: readonly string[];
    try {
      if (databases === undefined) return;
      // A connection that hangs ends after the round, so the round must not wait for it beyond its time.
      const rows = await untilAborted(databases, signal);
      names = chooseDatabases(rows, this.#target.databases);
    } catch {
      // The failure shows where the statement was sent; the databases known before are visited meanwhile.
      return;
    }
    for (const name of this.#states.keys()) if (!names.includes(name)) this.#states.delete(name);
    for (const name of names) {
      if (this.#states.has(name)) continue;
      const state = { name, facts: undefined, triedAt: 0, visitedAt: undefined, failure: undefined };
      this.#states.set(name, { ...state, results: new Map(), remainders: new Remainders() });
    }
  }

  #mayTry({ failure, triedAt }: DatabaseState): boolean {
    return failure === undefined || this.#now() - triedAt >= RETRY_SECONDS * 1000 * EARLY;
  }

  #dueCollectors({ name: database, results }: DatabaseState): readonly PostgresCollector[] {
    const now = this.#now();
    return this.#collectors.filter(({ name, databases, ttlSeconds = DEFAULT_TTL_SECONDS }) => {
      if (databases !== undefined && !matchesAny(database, databases)) return false;
      const at = results.get(name)?.triedAt;
      return at === undefined || now - at >= ttlSeconds * 1000 * EARLY;
    });
  }

  async #visit(state: DatabaseState, options: RoundOptions): Promise<void> {
    const { signal, endsAt, route } = options;
    const startedAt = performance.now();
    const triedBefore = state.triedAt;
    state.triedAt = this.#now();
    let connection: PostgresConnection | undefined;
    try {
      const leftMs = endsAt - performance.now();
      const timeoutMs = Math.min(this.#target.connectTimeoutSeconds * 1000, leftMs);
      connection = await connect({ target: this.#target, database: state.name, timeoutMs, signal, route });
      await untilAborted(this.#read(state, connection, options), signal);
      if (connection.failure !== undefined) throw connection.failure;
      state.visitedAt = this.#now();
      state.failure = undefined;
      await untilAborted(connection.end(), signal);
    } catch (error) {
      const failure = classify(error, `database ${state.name}`);
      connection?.destroy(failure);
      if (signal.aborted && performance.now() - startedAt < HURRIED_MS) state.triedAt = triedBefore;
      else state.failure = failure;
    }
  }

  /** The facts of a database travel with the statements, as those of the server do. */
  async #read(state: DatabaseState, connection: PostgresConnection, options: RoundOptions): Promise<void> {
    const { endsAt, facts } = options;
    const needFacts = this.#collectors.some(({ needs }) => needs?.extension !== undefined);
    if (needFacts && state.facts === undefined) state.facts = await this.#ask(connection, endsAt, facts);
    const own = { ...(state.facts ?? facts), role: facts.role, version: facts.version, database: state.name };
    const due = this.#dueCollectors(state);
    const { chosen } = planCollectors(due, own, this.#target, (name) => state.remainders.of(name).ids);
    for (const { name } of due)
      if (!chosen.some(({ collector }) => collector.name === name)) state.results.delete(name);
    const batch = new Batch(connection, endsAt);
    // Settled, not awaited: facts that fail do not end the reads.
    const renewed = Promise.allSettled(needFacts ? [batch.add({ name: 'facts', sql: this.#factsSql })] : []);
    const reads = chosen.map((one) => this.#readOne(one, state, own, batch));
    batch.send();
    await Promise.all(reads);
    for (const answer of await renewed) {
      if (answer.status === 'rejected') throw answer.reason;
      state.facts = parseFacts(answer.value.rows, facts.server);
    }
  }

  async #ask(connection: PostgresConnection, endsAt: number, facts: ServerFacts): Promise<ServerFacts> {
    const batch = new Batch(connection, endsAt);
    const answer = batch.add({ name: 'facts', sql: this.#factsSql });
    batch.send();
    return parseFacts((await answer).rows, facts.server);
  }

  /** A collector that fails in a database keeps what it had read there before, for a while. */
  async #readOne(
    { collector, sql }: Chosen,
    state: DatabaseState,
    facts: ServerFacts,
    batch: Batch,
  ): Promise<void> {
    const { name, timeoutSeconds, userSql, remainder, ttlSeconds = DEFAULT_TTL_SECONDS } = collector;
    const before = state.results.get(name);
    const expectedSeconds = before?.seconds ?? 0;
    try {
      const unnamed = remainder !== undefined;
      const statement = { name, sql, timeoutSeconds, userSql, unnamed, expectedSeconds };
      const { rows, seconds } = await batch.add(statement);
      const now = this.#now();
      const kept = remainder === undefined ? rows : state.remainders.of(name).apply(rows, remainder);
      const samples = [...collector.samples(kept, facts, { catalog: this.#catalog, now })];
      state.results.set(name, { triedAt: now, readAt: now, samples, seconds, failure: undefined });
    } catch (error) {
      const failure = classify(error, name);
      // Not the statement failed but the connection: it was not its turn yet.
      if (endsSession(failure) || (failure.sqlState === undefined && failure.reason !== 'query')) return;
      const now = this.#now();
      const readAt = before?.readAt;
      const stale = readAt === undefined || now - readAt > ttlSeconds * 1000 * MAX_STALE_TURNS;
      const samples = stale ? [] : (before?.samples ?? []);
      state.results.set(name, { triedAt: now, readAt, samples, seconds: expectedSeconds, failure });
    }
  }
}

/** Somebody who ended our session, as DROP DATABASE ... WITH (FORCE) does, says nothing about other databases. */
function isServerWide(failure: PostgresFailure): boolean {
  return SERVER_WIDE.has(failure.reason) && !endsSession(failure);
}
