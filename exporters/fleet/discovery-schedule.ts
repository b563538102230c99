import { errorMessage } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { Discovery } from './discoverer.ts';

/** Looks around again and again in the background, one look at a time. */
export interface DiscoverySchedule {
  /** The last finished look; undefined before the first. */
  latest(): Discovery | undefined;
  /** Looks now, or right after the look that is under way: the registry has changed. */
  again(): void;
  close(): Promise<void>;
}

export interface ScheduleOptions {
  readonly intervalSeconds: number;
  /** Before the first look, so that a start is not slowed down. */
  readonly firstAfterSeconds: number;
  readonly look: (signal: AbortSignal, previous: Discovery | undefined) => Promise<Discovery>;
  readonly log: Logger;
}

/** Starts looking. A look that fails leaves the one before in force and is logged. */
export function startDiscoverySchedule(options: ScheduleOptions): DiscoverySchedule {
  const { intervalSeconds, firstAfterSeconds, look, log } = options;
  const stop = new AbortController();
  let latest: Discovery | undefined;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let due = false;
  const schedule = (seconds: number) => {
    clearTimeout(timer);
    if (!stop.signal.aborted) timer = setTimeout(start, seconds * 1000).unref();
  };
  const start = () => {
    due = false;
    running = run().finally(() => {
      running = undefined;
      schedule(due ? 0 : intervalSeconds);
    });
  };
  const run = async () => {
    try {
      const found = await look(stop.signal, latest);
      if (stop.signal.aborted) return;
      logChange(log, latest, found);
      latest = found;
    } catch (error) {
      if (!stop.signal.aborted) log.warn({ err: error }, 'looking around failed');
    }
  };
  schedule(firstAfterSeconds);
  return {
    latest: () => latest,
    again: () => {
      due = true;
      if (running === undefined) schedule(0);
    },
    close: async () => {
      stop.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

function logChange(log: Logger, before: Discovery | undefined, found: Discovery): void {
  for (const { technique, error } of found.runs) {
    const known = before?.runs.find((run) => run.technique === technique)?.error;
    if (error !== undefined && error !== known) log.warn({ technique, error }, 'discovery technique failed');
  }
  const labels = new Set(before?.instances.map(({ label }) => label));
  for (const { label, status, machine, dataDirectory } of found.instances) {
    if (status !== 'unregistered' || labels.has(label)) continue;
    log.info({ instance: label, host: machine, dataDirectory }, 'undeclared server found');
  }
  log.debug({ instances: found.instances.length, gaps: found.gaps.map(gapText) }, 'looked around');
}

function gapText({ technique, where, error }: Discovery['gaps'][number]): string {
  return `${technique}: ${where}: ${errorMessage(error)}`;
}
