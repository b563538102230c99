import { untilAborted } from '../../lib/deadline.ts';
import type { PostgresTarget } from './config.ts';
import { connect, type PostgresConnection } from './connection.ts';
import { classify, type FailureReason, type PostgresFailure } from './failure.ts';

/** Failures that cost a whole scrape, or worse, count against the account: not tried again at once. */
const DEAR_FAILURES: ReadonlySet<FailureReason> = new Set(['timeout', 'authentication']);
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The one long-lived connection of a server: made when first needed, kept over scrapes, replaced when it
 * broke or grew old. Callers take turns; there is never a second one beside it.
 */
export class ServerSession {
  readonly #target: PostgresTarget;
  readonly #now: () => number;
  #connection: PostgresConnection | undefined;
  #connecting: Promise<PostgresConnection> | undefined;
  #opened = 0;
  #failures = 0;
  #lastFailure: PostgresFailure | undefined;
  #pausedUntil = 0;

  constructor(target: PostgresTarget, now: () => number) {
    this.#target = target;
    this.#now = now;
  }

  /** Connections opened since the start of this process. */
  get opened(): number {
    return this.#opened;
  }

  /**
   * The open connection, or a new one. After repeated failures that are dear the attempt is left out for up to half a
   * minute and the last failure is given again. Throws PostgresFailure.
   */
  async acquire(budgetMs: number, signal: AbortSignal): Promise<PostgresConnection> {
    // Who comes while another connects shares what comes of it: a second connection would be lost.
    while (this.#connecting !== undefined) {
      await untilAborted(Promise.allSettled([this.#connecting]), signal);
    }
    const current = this.#connection;
    if (current !== undefined && current.failure === undefined && !this.#isOld(current)) return current;
    if (this.#lastFailure !== undefined && this.#now() < this.#pausedUntil) throw this.#lastFailure;
    this.#connecting = this.#renew(budgetMs, signal);
    try {
      return await this.#connecting;
    } finally {
      this.#connecting = undefined;
    }
  }

  async #renew(budgetMs: number, signal: AbortSignal): Promise<PostgresConnection> {
    const old = this.#connection;
    this.#connection = undefined;
    if (old !== undefined && old.failure === undefined) await old.end();
    try {
      const timeoutMs = Math.min(this.#target.connectTimeoutSeconds * 1000, budgetMs);
      const connection = await connect({
        target: this.#target,
        database: this.#target.database,
        timeoutMs,
        signal,
        pooled: this.#target.kind === 'pgbouncer',
      });
      this.#opened += 1;
      this.#failures = 0;
      this.#lastFailure = undefined;
      this.#connection = connection;
      return connection;
    } catch (error) {
      const failure = classify(error, `connecting to ${this.#target.name}`);
      this.#remember(failure);
      throw failure;
    }
  }

  /** Cuts the connection: it did not answer in time, or what it answered cannot be trusted. */
  discard(failure: PostgresFailure): void {
    this.#connection?.destroy(failure);
    this.#connection = undefined;
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.end();
  }

  #isOld(connection: PostgresConnection): boolean {
    return performance.now() - connection.openedAt > this.#target.connectionMaxAgeSeconds * 1000;
  }

  #remember(failure: PostgresFailure): void {
    this.#lastFailure = failure;
    this.#failures += 1;
    const dear = DEAR_FAILURES.has(failure.reason) && this.#failures > 1;
    const pause = dear ? Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 2), LONGEST_PAUSE_MS) : 0;
    this.#pausedUntil = this.#now() + pause;
  }
}
