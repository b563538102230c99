import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import type { ProbeOptions } from '../../lib/exporter.ts';

/** Work that may run once at a time; who comes while it runs shares its result. */
export class SingleFlight<T> {
  #running: Flight<T> | undefined;

  /**
   * Joins the running work, or starts it with this caller's budget. It is aborted when nobody waits for
   * it any more. Rejects with code `timeout` when the caller's own budget is over first.
   */
  async join(
    { budgetMs, signal }: ProbeOptions,
    start: (budgetMs: number, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = startDeadline(budgetMs, signal);
    const endsAt = performance.now() + budgetMs;
    try {
      // What nobody waits for any more is on its way out: its result is of no use to who comes now.
      while (this.#running?.callers === 0) {
        await untilAborted(Promise.allSettled([this.#running.result]), own.signal);
      }
      return await this.#board(this.#running ?? this.#launch(endsAt - performance.now(), start), own.signal);
    } finally {
      own.clear();
    }
  }

  async #board(flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.callers += 1;
    try {
      return await untilAborted(flight.result, signal);
    } finally {
      flight.callers -= 1;
      if (flight.callers === 0 && this.#running === flight) flight.abort();
    }
  }

  /** Settles with the running work; undefined while there is none. */
  get running(): Promise<T> | undefined {
    return this.#running?.result;
  }

  /** Aborts what runs and waits for its end. */
  async stop(): Promise<void> {
    this.#running?.abort();
    await this.#running?.result;
  }

  #launch(budgetMs: number, start: (budgetMs: number, signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const result = start(budgetMs, controller.signal).finally(() => {
      this.#running = undefined;
    });
    const flight: Flight<T> = { result, abort: () => controller.abort(), callers: 0 };
    this.#running = flight;
    return flight;
  }
}

interface Flight<T> {
  readonly result: Promise<T>;
  abort(): void;
  callers: number;
}
