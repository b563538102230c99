import { setMaxListeners } from 'node:events';
import { PgfleetError } from './errors.ts';

/** A signal that aborts at a deadline or with its parent; `clear` releases the timer and the listener. */
export interface Deadline {
  readonly signal: AbortSignal;
  clear(): void;
}

/**
 * Our own timer instead of `AbortSignal.any([AbortSignal.timeout(ms), parent])`: Node 20 may collect such
 * a chain before it fires (https://github.com/nodejs/node/issues/57736), and a lost deadline hangs a scrape.
 */
export function startDeadline(ms: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  // Every collector of a scrape listens; that is no leak.
  setMaxListeners(0, controller.signal);
  const abort = () => controller.abort(new PgfleetError('timeout', 'the deadline passed'));
  const timer = setTimeout(abort, Math.max(1, ms));
  if (parent?.aborted) abort();
  else parent?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      parent?.removeEventListener('abort', abort);
    },
  };
}

/** Settles with the work, or rejects with code `timeout` as soon as the signal aborts. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new PgfleetError('timeout', 'the deadline of the scrape passed'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
