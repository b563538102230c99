import type { Catalog } from '../../../catalog/catalog.ts';
import { startDeadline, untilAborted } from '../../../lib/deadline.ts';
import { errorMessage, PgfleetError } from '../../../lib/errors.ts';
import type { ExplainedCollector, Explanation, ProbeOptions, ProbeRecord } from '../../../lib/exporter.ts';
import { type Logger, redactText } from '../../../lib/log.ts';
import type { Sample } from '../../../lib/metric.ts';
import { CollectorCache, type Job, runCollectors, type Skip } from '../../../lib/run-collectors.ts';
import type { PostgresTarget } from '../config.ts';
import type { PostgresConnection } from '../connection.ts';
import { classify, PostgresFailure } from '../failure.ts';
import { HealthCheck, type HealthReport, type ServerState } from '../health-check.ts';
import { outcomeSamples } from '../self-metrics.ts';
import { ServerSession } from '../session.ts';
import { SideQuestions } from '../side-questions.ts';
import { SingleFlight } from '../single-flight.ts';
import type { TargetProbe } from '../target-probe.ts';
import { CONSOLE_COLLECTORS, pgbouncerUp, versionSamples } from './collectors.ts';
import type { ConsoleCollector } from './console-collector.ts';

/** Kept of the budget for the way from the last answer to the caller. */
const RESERVE_SHARE = 0.04;
const HEALTH_ANSWER_MS = 3000;
const FIRST_PROBE_MS = 10_000;

/** A PgBouncer, watched through its admin console over one long-lived connection in the simple protocol. */
export class PgbouncerProbe implements TargetProbe {
  readonly target: PostgresTarget;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #catalog: Catalog;
  readonly #session: ServerSession;
  readonly #cache = new CollectorCache();
  readonly #flight = new SingleFlight<readonly Sample[]>();
  readonly #beside: SideQuestions;
  readonly #health: HealthCheck;
  #version: string | undefined;
  #record: ProbeRecord | undefined;
  #scrapes = 0;

  constructor(
    target: PostgresTarget,
    context: { readonly log: Logger; readonly now: () => number; readonly catalog: Catalog },
  ) {
    this.target = target;
    this.#log = context.log;
    this.#now = context.now;
    this.#catalog = context.catalog;
    this.#session = new ServerSession(target, context.now);
    this.#beside = new SideQuestions({
      session: this.#session,
      connectTimeoutSeconds: target.connectTimeoutSeconds,
      scraping: () => this.#flight.running,
    });
    this.#health = new HealthCheck({
      now: context.now,
      scraping: () => this.#flight.running,
      lastScrape: () => {
        const record = this.#record;
        return record && { state: record.up ? UP : undefined, failure: record.error, at: record.at };
      },
      ask: () => this.#beside.ask({ name: 'health', answerMs: HEALTH_ANSWER_MS, ask: answers }),
    });
  }

  get record(): ProbeRecord | undefined {
    return this.#record;
  }

  async probe(options: ProbeOptions): Promise<readonly Sample[]> {
    try {
      return await this.#flight.join(options, (budgetMs, signal) => this.#run(budgetMs, signal));
    } catch (error) {
      const failure = new PostgresFailure('timeout', 'the probe did not end in time', { cause: error });
      return [pgbouncerUp(0), ...outcomeSamples({ up: false, failure })];
    }
  }

  aside(): never {
    throw new PgfleetError('not_found', `${this.target.name}: a pooler has no texts of statements`);
  }

  async ask(): Promise<never> {
    throw new PgfleetError('config', `${this.target.name}: a pooler takes no statements of its own`);
  }

  async health(): Promise<HealthReport> {
    return this.#health.report();
  }

  async explain(): Promise<Explanation> {
    if (this.#record === undefined) {
      await this.probe({ budgetMs: FIRST_PROBE_MS, signal: new AbortController().signal });
    }
    const version = this.#version === undefined ? {} : { version: this.#version };
    return {
      target: this.target.name,
      kind: 'postgres',
      facts: { kind: 'pgbouncer', ...version, user: this.target.user, database: this.target.database },
      error: this.#record?.error,
      collectors: CONSOLE_COLLECTORS.map((collector) => this.#explained(collector)),
    };
  }

  async close(): Promise<void> {
    await this.#flight.stop();
    await this.#beside.finished();
    await this.#session.close();
  }

  async #run(budgetMs: number, signal: AbortSignal): Promise<readonly Sample[]> {
    const endsAt = performance.now() + budgetMs * (1 - RESERVE_SHARE);
    const deadline = startDeadline(endsAt - performance.now(), signal);
    const at = this.#now();
    const startedAt = performance.now();
    const outcome = await this.#attempt(endsAt, deadline.signal);
    deadline.clear();
    const durationMs = performance.now() - startedAt;
    this.#remember(outcome, at, durationMs);
    const about = {
      ...outcome,
      durationSeconds: durationMs / 1000,
      connectionsOpened: this.#session.opened,
      scrapes: ++this.#scrapes,
    };
    return [pgbouncerUp(outcome.up ? 1 : 0), ...outcomeSamples(about), ...outcome.samples];
  }

  /** A connection that broke since the last scrape (a restart) is replaced once. */
  async #attempt(endsAt: number, signal: AbortSignal): Promise<Outcome> {
    const openedBefore = this.#session.opened;
    const first = await this.#attemptOnce(endsAt, signal);
    const stale = first.connection !== undefined && this.#session.opened === openedBefore;
    if (first.up || !stale || first.failure?.reason === 'timeout') return first;
    return this.#attemptOnce(endsAt, signal);
  }

  async #attemptOnce(endsAt: number, signal: AbortSignal): Promise<Outcome> {
    let connection: PostgresConnection | undefined;
    let outcome: Outcome;
    try {
      await untilAborted(this.#beside.finished(), signal);
      connection = await this.#session.acquire(endsAt - performance.now(), signal);
      outcome = await this.#collect(connection, endsAt, signal);
    } catch (error) {
      outcome = { up: false, samples: [], failure: classify(error, 'reading the console'), connection };
    }
    const broken = connection?.failure !== undefined || (connection?.pending ?? 0) > 0;
    if (!outcome.up || broken)
      this.#session.discard(new PostgresFailure('timeout', 'the console did not answer in time'));
    return outcome;
  }

  async #collect(connection: PostgresConnection, endsAt: number, signal: AbortSignal): Promise<Outcome> {
    const { disable } = this.target.collectors;
    const disabled = CONSOLE_COLLECTORS.filter(({ name }) => disable.includes(name));
    const chosen = CONSOLE_COLLECTORS.filter((collector) => !disabled.includes(collector));
    const skipped: Skip[] = disabled.map(({ name }) => ({ collector: name, reason: 'disabled' }));
    const running = runCollectors(
      chosen.map((collector) => jobOf(collector, connection)),
      skipped,
      {
        budgetMs: endsAt - performance.now(),
        signal,
        now: this.#now,
        cache: this.#cache,
        log: this.#log,
      },
    );
    const [version, collected] = await Promise.all([untilAborted(versionOf(connection), signal), running]);
    this.#version = version;
    const failure = connection.failure;
    const samples = [...versionSamples(version, this.#catalog), ...collected];
    return { up: failure === undefined, samples, failure, connection };
  }

  #explained(collector: ConsoleCollector): ExplainedCollector {
    const last = this.#cache.get(collector.name);
    const disabled = this.target.collectors.disable.includes(collector.name);
    return {
      name: collector.name,
      help: collector.help,
      chosen: !disabled,
      reason: disabled ? 'disabled' : undefined,
      detail: disabled ? 'listed under collectors.disable' : undefined,
      reads: collector.command,
      ttlSeconds: collector.ttlSeconds ?? 0,
      timeoutSeconds: undefined,
      lastDurationSeconds: last?.durationSeconds,
      lastSamples: last?.samples.length,
      lastError: last?.error,
    };
  }

  #remember({ up, failure }: Outcome, at: number, durationMs: number): void {
    const error = failure === undefined ? undefined : redactText(errorMessage(failure));
    const before = this.#record?.error;
    if (error !== undefined && error !== before)
      this.#log.warn({ target: this.target.name, error }, 'probe failed');
    if (error === undefined && before !== undefined)
      this.#log.info({ target: this.target.name }, 'probe recovered');
    this.#record = { up, at, durationMs, version: this.#version, role: 'pooler', error };
  }
}

const UP: ServerState = { role: undefined, lagSeconds: undefined, receiving: undefined };

async function answers(connection: PostgresConnection): Promise<ServerState> {
  await versionOf(connection);
  return UP;
}

interface Outcome {
  readonly up: boolean;
  readonly samples: readonly Sample[];
  readonly failure: PostgresFailure | undefined;
  readonly connection: PostgresConnection | undefined;
}

function jobOf(collector: ConsoleCollector, connection: PostgresConnection): Job {
  return {
    collector,
    collect: async (run) => {
      const { rows, seconds } = await connection.ask(collector.name, collector.command);
      run.spent(seconds);
      run.emit(collector.samples(rows));
    },
  };
}

/** "PgBouncer 1.18.0". Throws PostgresFailure when the answer is not that of a PgBouncer. */
export async function versionOf(connection: PostgresConnection): Promise<string> {
  const { rows } = await connection.ask('version', 'SHOW VERSION');
  // Until 1.11 it came as a notice, and the login tells it in any case.
  const told = String(rows[0]?.['version'] ?? '');
  const reported = connection.reported('server_version') ?? '';
  if (/^PgBouncer /i.test(told)) return told;
  if (/\/bouncer$/.test(reported)) return `PgBouncer ${reported.replace('/bouncer', '')}`;
  throw new PostgresFailure(
    'protocol',
    `expected the admin console of a PgBouncer, found ${reported || told}`,
  );
}
