import type { PostgresConnection, StatementResult } from './connection.ts';

/** A statement of a batch, before it is known how long it may take. */
export interface BatchedStatement {
  readonly name: string;
  readonly sql: string;
  /** Its own limit, when it has one. */
  readonly timeoutSeconds?: number | undefined;
  /** Written by people of the site. */
  readonly userSql?: boolean | undefined;
  /** Its text changes from time to time: as a prepared statement every text would stay on the server. */
  readonly unnamed?: boolean | undefined;
  /** How long it took last time: short ones go first, so a slow one delays nobody but itself. */
  readonly expectedSeconds?: number;
}

/** Share of the time left that one statement may use on the server, so that others get their turn. */
const STATEMENT_SHARE = 0.8;
/** Equal limits in consecutive scrapes need no SET in between. */
const TIMEOUT_STEP_MS = 250;

/** Statements of one scrape, gathered first and then sent in one round trip. */
export class Batch {
  readonly #connection: PostgresConnection;
  readonly #endsAt: number;
  readonly #waiting: Waiting[] = [];

  /** `endsAt` is a time of `performance.now()`. */
  constructor(connection: PostgresConnection, endsAt: number) {
    this.#connection = connection;
    this.#endsAt = endsAt;
  }

  /** Settles after `send`, with the answer or a PostgresFailure. */
  add(statement: BatchedStatement): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statement, resolve, reject });
    });
  }

  /** Sends what was added; nothing may be added afterwards. */
  send(): void {
    const leftMs = Math.max(0, this.#endsAt - performance.now()) * STATEMENT_SHARE;
    const ordered = this.#waiting.sort((a, b) => expected(a) - expected(b));
    const results = this.#connection.run(
      ordered.map(({ statement: { name, sql, timeoutSeconds, userSql, unnamed } }) => ({
        name,
        sql,
        userSql,
        unnamed,
        timeoutMs: stepped(Math.min(leftMs, (timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000)),
      })),
    );
    results.forEach((result, index) => {
      const { resolve, reject } = ordered[index] as Waiting;
      result.then(resolve, reject);
    });
  }
}

interface Waiting {
  readonly statement: BatchedStatement;
  resolve(result: StatementResult): void;
  reject(error: unknown): void;
}

function expected({ statement }: Waiting): number {
  return statement.expectedSeconds ?? 0;
}

function stepped(ms: number): number {
  return Math.max(TIMEOUT_STEP_MS, Math.floor(ms / TIMEOUT_STEP_MS) * TIMEOUT_STEP_MS);
}
