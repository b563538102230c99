import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import type { PostgresConnection } from './connection.ts';
import { classify, endsSession, type PostgresFailure } from './failure.ts';
import type { ServerSession } from './session.ts';

export interface SideQuestion<T> {
  /** Begins the message of a failure. */
  readonly name: string;
  /** For the answer, after connecting. */
  readonly answerMs: number;
  ask(connection: PostgresConnection): Promise<T>;
}

export interface SideQuestionsContext {
  readonly session: ServerSession;
  readonly connectTimeoutSeconds: number;
  /** Settles when the running scrape ends; undefined while there is none. */
  scraping(): Promise<unknown> | undefined;
}

/**
 * Questions beside the scrapes (health checks, discovery) over the same connection, so that a server never sees
 * a second one. They wait for the scrape that runs, and the next scrape waits for them: each may cut the
 * connection, and would take the other with it.
 */
export class SideQuestions {
  readonly #context: SideQuestionsContext;
  readonly #running = new Set<Promise<unknown>>();

  constructor(context: SideQuestionsContext) {
    this.#context = context;
  }

  /** Resolves when the questions that run now have ended. Never rejects. */
  async finished(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /**
   * Asks in its turn. The connection in use may have broken since the last scrape: then it is replaced once.
   * Throws PostgresFailure.
   */
  async ask<T>(question: SideQuestion<T>): Promise<T> {
    for (let scrape = this.#context.scraping(); scrape !== undefined; scrape = this.#context.scraping()) {
      await scrape;
    }
    const answer = this.#askNow(question);
    this.#running.add(answer);
    try {
      return await answer;
    } finally {
      this.#running.delete(answer);
    }
  }

  async #askNow<T>({ name, answerMs, ask }: SideQuestion<T>): Promise<T> {
    const { session, connectTimeoutSeconds } = this.#context;
    const connectMs = connectTimeoutSeconds * 1000;
    const deadline = startDeadline(connectMs + answerMs);
    const openedBefore = session.opened;
    const attempt = async () => {
      const connection = await session.acquire(connectMs, deadline.signal);
      return untilAborted(ask(connection), deadline.signal);
    };
    try {
      return await attempt().catch((error: unknown) => {
        const failure = this.#failed(name, error);
        const broken = failure.sqlState === undefined || endsSession(failure);
        if (!broken || failure.reason === 'timeout' || session.opened !== openedBefore) throw failure;
        return attempt();
      });
    } catch (error) {
      throw this.#failed(name, error);
    } finally {
      deadline.clear();
    }
  }

  /** What the server itself refused leaves the connection as it was. */
  #failed(name: string, error: unknown): PostgresFailure {
    const failure = classify(error, name);
    if (failure.sqlState === undefined) this.#context.session.discard(failure);
    return failure;
  }
}
