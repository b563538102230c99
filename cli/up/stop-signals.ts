import process from 'node:process';

export interface StopSignals {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly requested: Promise<void>;
  release(): void;
}

/**
 * The first signal asks for an orderly stop. The second ends this process at once: the exit hooks of
 * whatever runs then kill their processes, so that even an impatient stop leaves nothing behind.
 */
export function stopSignals(): StopSignals {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  // A terminal that is closed hangs up: nobody is left to stop us otherwise.
  if (process.stdout.isTTY) process.on('SIGHUP', stop);
  return {
    signal: controller.signal,
    requested,
    release: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
    },
  };
}
