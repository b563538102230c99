import type { Catalog } from '../../catalog/catalog.ts';
import { formatAddress } from '../../lib/config.ts';
import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { errorMessage, PgfleetError } from '../../lib/errors.ts';
import type { Explanation, ProbeOptions, ProbeRecord } from '../../lib/exporter.ts';
import { type Logger, redactText } from '../../lib/log.ts';
import type { MetricFamily, Sample } from '../../lib/metric.ts';
import { CollectorCache, type Job, runCollectors } from '../../lib/run-collectors.ts';
import { Batch } from './batch.ts';
import type { PostgresTarget } from './config.ts';
import type { PostgresConnection } from './connection.ts';
import { DATABASES_SQL } from './database-list.ts';
import { DatabaseRounds } from './database-rounds.ts';
import { explainServer } from './explain.ts';
import {
  displayVersion,
  factsKey,
  factsSql,
  isSupported,
  parseFacts,
  privilegesWanted,
  type ServerFacts,
} from './facts.ts';
import { classify, type FailureReason, PostgresFailure } from './failure.ts';
import { type Finding, HealthCheck, type HealthReport } from './health-check.ts';
import { learnFacts } from './learn-facts.ts';
import { withLegacyNames } from './legacy-names.ts';
import { patroniJob } from './patroni/patroni-source.ts';
import { type Chosen, type Plan, planCollectors } from './planner.ts';
import type { PostgresCollector } from './postgres-collector.ts';
import { Remainders } from './remainder.ts';
import type { Row } from './rows.ts';
import { outcomeSamples } from './self-metrics.ts';
import { askState, lagSecondsOf } from './server-state.ts';
import { ServerSession } from './session.ts';
import { SideQuestions } from './side-questions.ts';
import { SingleFlight } from './single-flight.ts';
import type { TargetProbe } from './target-probe.ts';

export interface ServerProbeContext {
  readonly collectors: readonly PostgresCollector[];
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly catalog: Catalog;
}

/** Kept of the budget for the way from the last answer to the caller. */
const RESERVE_SHARE = 0.04;
const MAX_RESERVE_MS = 250;
/** For the answer to a health check, after connecting. */
const HEALTH_ANSWER_MS = 3000;
/** On the server. */
const QUESTION_TIMEOUT_MS = 3000;
/** Failures of a statement that mean the end of its connection. */
const FATAL: ReadonlySet<FailureReason> = new Set(['connect', 'shutting_down', 'no_database', 'protocol']);

/** Everything about one watched server: its connection, what is known about it, its plan, its last results. */
export class ServerProbe implements TargetProbe {
  readonly target: PostgresTarget;
  readonly cache = new CollectorCache();
  readonly #server: string;
  readonly #session: ServerSession;
  readonly #context: ServerProbeContext;
  readonly #factsSql: string;
  readonly #flight = new SingleFlight<readonly Sample[]>();
  readonly #beside: SideQuestions;
  readonly #health: HealthCheck;
  readonly #rounds: DatabaseRounds;
  readonly #remainders = new Remainders();
  /** Families that are not part of the scrape. */
  readonly #aside: ReadonlySet<MetricFamily>;
  #facts: ServerFacts | undefined;
  /** Facts hold for the connection that gave them: the next one may lead to another server. */
  #factsFrom: PostgresConnection | undefined;
  #plan: Plan | undefined;
  #scrapes = 0;
  #record: ProbeRecord | undefined;
  #lagSeconds: number | undefined;

  constructor(target: PostgresTarget, context: ServerProbeContext) {
    this.target = target;
    this.#server = formatAddress(target.address);
    this.#context = context;
    this.#session = new ServerSession(target, context.now);
    const privileges = privilegesWanted(context.collectors);
    this.#factsSql = factsSql(privileges);
    const aside = context.collectors.filter((collector) => collector.aside === true);
    this.#aside = new Set(aside.flatMap(({ metrics }) => metrics.map(({ family }) => family)));
    const inDatabases = context.collectors.filter(({ scope }) => scope === 'database');
    const { now, catalog } = context;
    this.#rounds = new DatabaseRounds(target, inDatabases, { now, catalog, privileges });
    this.#beside = new SideQuestions({
      session: this.#session,
      connectTimeoutSeconds: target.connectTimeoutSeconds,
      scraping: () => this.#flight.running,
    });
    this.#health = new HealthCheck({
      now: context.now,
      scraping: () => this.#flight.running,
      lastScrape: () => this.#lastScrape(),
      ask: () => this.#beside.ask({ name: 'health', answerMs: HEALTH_ANSWER_MS, ask: askState }),
    });
  }

  /** What the server said about itself last; undefined before it did. */
  get facts(): ServerFacts | undefined {
    return this.#facts;
  }

  /** What was last decided to run. */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  get record(): ProbeRecord | undefined {
    return this.#record;
  }

  /** Joins the running probe or starts one. Never throws; answers within the budget. */
  async probe(options: ProbeOptions): Promise<readonly Sample[]> {
    try {
      return await this.#flight.join(options, (budgetMs, signal) => this.#run(budgetMs, signal));
    } catch (error) {
      const failure = new PostgresFailure('timeout', 'the probe did not end in time', { cause: error });
      return outcomeSamples({ up: false, failure });
    }
  }

  /** Whether the server is well, for load balancers: answers within a second and never throws. */
  async health(): Promise<HealthReport> {
    return this.#health.report();
  }

  async ask(sql: string): Promise<readonly Row[]> {
    const statement = { name: 'question', sql, unnamed: true, timeoutMs: QUESTION_TIMEOUT_MS };
    const ask = async (connection: PostgresConnection) => {
      const [answer] = await Promise.all(connection.run([statement]));
      return answer?.rows ?? [];
    };
    return this.#beside.ask({ name: `asking ${this.target.name}`, answerMs: 2 * QUESTION_TIMEOUT_MS, ask });
  }

  /** What the last scrapes read of the collectors aside. Throws PgfleetError `not_found` when none of them runs. */
  aside(): readonly Sample[] {
    const running = this.#plan?.chosen.filter(({ collector }) => collector.aside === true) ?? [];
    if (running.length === 0) {
      const remedy = 'list statement_texts under postgres.collectors.enable, and see /explain';
      throw new PgfleetError('not_found', `${this.target.name}: no texts of statements are read; ${remedy}`);
    }
    return running.flatMap(({ collector }) => this.cache.get(collector.name)?.samples ?? []);
  }

  async explain(): Promise<Explanation> {
    return explainServer(this);
  }

  async close(): Promise<void> {
    await this.#flight.stop();
    await this.#beside.finished();
    await this.#session.close();
  }

  async #run(budgetMs: number, signal: AbortSignal): Promise<readonly Sample[]> {
    const ownMs = budgetMs - Math.min(budgetMs * RESERVE_SHARE, MAX_RESERVE_MS);
    const deadline = startDeadline(ownMs, signal);
    const at = this.#context.now();
    const startedAt = performance.now();
    const scrape: Scrape = { signal: deadline.signal, endsAt: startedAt + ownMs };
    const [outcome, beside] = await Promise.all([this.#attempt(scrape), this.#askPatroni(scrape)]);
    deadline.clear();
    this.#lagSeconds = lagSecondsOf(outcome.samples);
    const durationMs = performance.now() - startedAt;
    this.#remember(outcome, at, durationMs);
    const about = {
      ...outcome,
      facts: this.#facts,
      durationSeconds: durationMs / 1000,
      connectionsOpened: this.#session.opened,
      scrapes: ++this.#scrapes,
    };
    const inScrape = outcome.samples.filter(({ family }) => !this.#aside.has(family));
    const samples = [...outcomeSamples(about), ...inScrape, ...beside];
    return this.target.legacyNames ? [...withLegacyNames(samples, this.#server)] : samples;
  }

  /** Patroni answers when PostgreSQL does not: then more than ever. Never rejects. */
  async #askPatroni({ endsAt, signal }: Scrape): Promise<readonly Sample[]> {
    const { patroni } = this.target;
    if (patroni === undefined) return [];
    const { now, log } = this.#context;
    const budgetMs = endsAt - performance.now();
    return runCollectors([patroniJob(patroni, this.#context.catalog)], [], {
      budgetMs,
      signal,
      now,
      cache: this.cache,
      log,
    });
  }

  /** A connection that broke since the last scrape (a restart, a firewall) is replaced once. */
  async #attempt(scrape: Scrape): Promise<Outcome> {
    const openedBefore = this.#session.opened;
    const first = await this.#attemptOnce(scrape);
    const stale = first.connection !== undefined && this.#session.opened === openedBefore;
    if (first.up || !stale || first.failure?.reason === 'timeout') return first;
    return this.#attemptOnce(scrape);
  }

  async #attemptOnce(scrape: Scrape): Promise<Outcome> {
    let connection: PostgresConnection | undefined;
    let outcome: Outcome;
    try {
      await untilAborted(this.#beside.finished(), scrape.signal);
      connection = await this.#session.acquire(scrape.endsAt - performance.now(), scrape.signal);
      outcome = await this.#scrape(connection, scrape);
    } catch (error) {
      outcome = { up: false, samples: [], failure: classify(error, 'reading the server'), connection };
    }
    // At the deadline the round ends by itself; a new one must not begin beside it.
    await this.#rounds.finished;
    const broken = connection?.failure !== undefined || (connection?.pending ?? 0) > 0;
    if (!outcome.up || broken) {
      this.#session.discard(new PostgresFailure('timeout', 'the server did not answer in time'));
    }
    return outcome;
  }

  /**
   * The facts travel with the statements, whose plan rests on the facts of the scrape before: one round
   * trip. When they turn out to have changed (a promotion, a new extension), a second one follows.
   */
  async #scrape(connection: PostgresConnection, scrape: Scrape): Promise<Outcome> {
    let facts = this.#factsFrom === connection ? this.#facts : undefined;
    if (facts === undefined) {
      const question = { sql: this.#factsSql, server: this.#server, endsAt: scrape.endsAt };
      facts = await untilAborted(learnFacts(connection, question), scrape.signal);
      if (this.#facts !== undefined && this.#facts.startedAt !== facts.startedAt) this.#forget();
      this.#facts = facts;
      this.#factsFrom = connection;
    }
    const outcome = await this.#collect(connection, facts, scrape, true);
    const changed = this.#facts !== undefined && factsKey(this.#facts) !== factsKey(facts);
    return changed ? this.#collect(connection, this.#facts ?? facts, scrape, false) : outcome;
  }

  /** What was read from the server before its restart, or from the one that had its address, is served no more. */
  #forget(): void {
    this.cache.clear();
    this.#rounds.forget();
  }

  async #collect(
    connection: PostgresConnection,
    facts: ServerFacts,
    scrape: Scrape,
    withRound: boolean,
  ): Promise<Outcome> {
    const before = (name: string) => this.#remainders.of(name).ids;
    const plan = planCollectors(this.#context.collectors, facts, this.target, before);
    this.#plan = plan;
    const batch = new Batch(connection, scrape.endsAt);
    // Awaited last: its failure must find somebody who listens, or it would end this process.
    const asked = this.#askFacts(batch, facts).catch((error: unknown) => classify(error, 'facts'));
    const inDatabases = plan.chosen.some(({ collector }) => collector.scope === 'database');
    if (inDatabases && withRound) {
      const databases = batch.add({ name: 'databases', sql: DATABASES_SQL }).then(({ rows }) => rows);
      this.#rounds.start({ databases, facts, route: connection.route, ...scrape });
    }
    const jobs = plan.chosen.map((chosen) => this.#job(chosen, facts, batch));
    const skipped = plan.skipped.map(({ collector, reason }) => ({ collector: collector.name, reason }));
    const running = runCollectors(jobs, skipped, {
      budgetMs: scrape.endsAt - performance.now(),
      signal: scrape.signal,
      now: this.#context.now,
      cache: this.cache,
      log: this.#context.log,
    });
    batch.send();
    const samples = [...(await running), ...(inDatabases ? this.#rounds.samples() : [])];
    const unknown = await untilAborted(asked, scrape.signal).catch((error: unknown) =>
      classify(error, 'facts'),
    );
    const { failure: broken } = connection;
    // A statement that failed was answered all the same, and one that answers too much breaks its connection alone.
    const lost = (broken !== undefined && broken.reason !== 'protocol') || connection.pending > 0;
    const failure = unknown ?? broken;
    const up = unknown === undefined ? broken === undefined || !lost : !lost && !FATAL.has(unknown.reason);
    return { up, samples, failure, connection };
  }

  /** Resolves when the facts are renewed; of a stranger there is nothing to ask again. */
  async #askFacts(batch: Batch, facts: ServerFacts): Promise<undefined> {
    if (facts.user === '') return undefined;
    const { rows } = await batch.add({ name: 'facts', sql: this.#factsSql });
    this.#facts = parseFacts(rows, this.#server);
    return undefined;
  }

  #job({ collector, sql }: Chosen, facts: ServerFacts, batch: Batch): Job {
    if (collector.scope === 'database') return this.#rounds.job(collector);
    // Its limit holds on the server, for its own statement; from here the waiting of others would count as well.
    const { timeoutSeconds, remainder, ...declaration } = collector;
    return {
      collector: declaration,
      collect: async (run) => {
        const { rows, seconds } = await batch.add({
          name: collector.name,
          sql,
          timeoutSeconds,
          userSql: collector.userSql,
          unnamed: remainder !== undefined,
          expectedSeconds: this.cache.get(collector.name)?.durationSeconds ?? 0,
        });
        run.spent(seconds);
        const { catalog, now } = this.#context;
        const kept =
          remainder === undefined ? rows : this.#remainders.of(collector.name).apply(rows, remainder);
        run.emit(collector.samples(kept, facts, { catalog, now: now() }));
      },
    };
  }

  #lastScrape(): Finding | undefined {
    const [record, facts] = [this.#record, this.#facts];
    if (record === undefined) return undefined;
    const role = facts !== undefined && isSupported(facts) ? facts.role : undefined;
    const state = record.up ? { role, lagSeconds: this.#lagSeconds, receiving: undefined } : undefined;
    return { state, failure: record.error, at: record.at };
  }

  #remember({ up, failure }: Outcome, at: number, durationMs: number): void {
    const { log } = this.#context;
    const facts = this.#facts;
    const error = failure === undefined ? undefined : redactText(errorMessage(failure));
    const before = this.#record?.error;
    if (error !== undefined && error !== before)
      log.warn({ target: this.target.name, error }, 'probe failed');
    if (error === undefined && before !== undefined)
      log.info({ target: this.target.name }, 'probe recovered');
    const version = facts && `PostgreSQL ${displayVersion(facts.version)}`;
    this.#record = { up, at, durationMs, version, role: facts?.role, error };
  }
}

/** Limits of one scrape. */
interface Scrape {
  readonly signal: AbortSignal;
  /** Time of `performance.now()` at which the result must be there. */
  readonly endsAt: number;
}

interface Outcome {
  readonly up: boolean;
  readonly samples: readonly Sample[];
  readonly failure: PostgresFailure | undefined;
  readonly connection: PostgresConnection | undefined;
}
