import type { CollectorDeclaration, SkipReason } from './collector.ts';
import { type Deadline, startDeadline, untilAborted } from './deadline.ts';
import { type ErrorCode, errorCode, errorMessage } from './errors.ts';
import { type Logger, redactText } from './log.ts';
import { gauge, type Sample } from './metric.ts';

/** One collector bound to the source it reads. */
export interface Job {
  readonly collector: CollectorDeclaration;
  /**
   * Emits samples as they come: what was emitted before a failure or the deadline is still served. Gives a
   * promise only where it has to wait for something.
   */
  collect(run: Run): Promise<void> | undefined;
}

/** What a running collector may use. */
export interface Run {
  readonly signal: AbortSignal;
  emit(samples: Iterable<Sample>): undefined;
  /** Own working time in seconds, without waiting for others; wall time is taken when it is never called. */
  spent(seconds: number): void;
}

export interface Skip {
  readonly collector: string;
  readonly reason: SkipReason;
}

export interface RunOptions {
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly cache: CollectorCache;
  readonly log: Logger;
}

/** The last results of one target's collectors: for `ttlSeconds`, for the last good value, for `explain`. */
export class CollectorCache {
  readonly #entries = new Map<string, CacheEntry>();

  get(collector: string): CacheEntry | undefined {
    return this.#entries.get(collector);
  }

  set(collector: string, entry: CacheEntry): void {
    this.#entries.set(collector, entry);
  }

  /** Forgets everything: the target was restarted, or became another one. */
  clear(): void {
    this.#entries.clear();
  }
}

interface CacheEntry {
  /** Samples of the last complete run. */
  readonly samples: readonly Sample[];
  /** When they were gathered; undefined before the first complete run. */
  readonly at: number | undefined;
  readonly durationSeconds: number;
  readonly error: string | undefined;
  readonly errorCode: ErrorCode | undefined;
  /** Runs that failed since the last complete one. */
  readonly failures: number;
  /** When the last run ended. */
  readonly triedAt: number;
}

const success = gauge('pgfleet_collector_success', 'Whether the last run of the collector was complete.', [
  'collector',
]);
const duration = gauge(
  'pgfleet_collector_duration_seconds',
  'Own time of the last run of the collector, without waiting for others.',
  ['collector'],
);
const sampleCount = gauge('pgfleet_collector_samples', 'Samples served for the collector in this scrape.', [
  'collector',
]);
const age = gauge(
  'pgfleet_collector_age_seconds',
  'Age of the samples served, when they come from an earlier run.',
  ['collector'],
);
const skippedInfo = gauge('pgfleet_collector_skipped', 'Collectors that did not run here, by reason.', [
  'collector',
  'reason',
]);
const dropped = gauge('pgfleet_collector_samples_dropped', 'Samples left out of this scrape, by reason.', [
  'collector',
  'reason',
]);
const errorInfo = gauge('pgfleet_collector_error', 'Kind of failure of the last run of the collector.', [
  'collector',
  'code',
]);

/** Families of the runner itself, for the metrics reference and the contract tests. */
export const RUNNER_METRICS = [success, duration, sampleCount, age, skippedInfo, dropped, errorInfo] as const;

const DEFAULT_SERIES_LIMIT = 10_000;
/** A last good result older than this many ttls (or this long without a ttl) is not served in place of a failed run. */
const MAX_STALE_TTLS = 3;
/** A collector with a ttl, so a dear one, is tried again after this long, then after twice as long, up to its ttl. */
const FIRST_PAUSE_SECONDS = 5;

/**
 * Runs all jobs at once, each isolated from the others, and returns when the last has ended or the
 * budget is spent, whichever comes first. Never throws: a failed collector has success 0 and, within
 * three ttls, its last complete samples with their age.
 */
export async function runCollectors(
  jobs: readonly Job[],
  skipped: readonly Skip[],
  options: RunOptions,
): Promise<readonly Sample[]> {
  const wait = new Patience(options);
  const results = jobs.map((job) => runOne(job, wait, options));
  const samples: Sample[] = [];
  for (const result of results) {
    // Most collectors only compute: a promise for each of them would cost as much as their work.
    for (const sample of result instanceof Promise ? await result : result) samples.push(sample);
  }
  wait.end();
  for (const { collector, reason } of skipped) samples.push(skippedInfo({ collector, reason }, 1));
  return samples;
}

/**
 * Until when to wait for collectors: one timer and one listener, however many of them there are, and none where
 * all of them only compute.
 */
class Patience {
  readonly #options: RunOptions;
  #deadline: Deadline | undefined;
  #over: Promise<never> | undefined;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  get signal(): AbortSignal {
    this.#deadline ??= startDeadline(this.#options.budgetMs, this.#options.signal);
    return this.#deadline.signal;
  }

  /** Settles with the work, or rejects with code `timeout` at the deadline. */
  for(work: Promise<void>): Promise<void> {
    if (this.#over === undefined) {
      this.#over = untilAborted(new Promise<never>(() => undefined), this.signal);
      // It rejects also when nobody waits any more.
      this.#over.catch(() => undefined);
    }
    return Promise.race([work, this.#over]);
  }

  end(): void {
    this.#deadline?.clear();
  }
}

/** Never throws and never rejects. */
function runOne(job: Job, wait: Patience, options: RunOptions): Sample[] | Promise<Sample[]> {
  const { collector } = job;
  const { cache, now } = options;
  const before = cache.get(collector.name);
  if (before !== undefined && !isDue(collector, before, now())) return served(collector, before, [], now());
  const attempt = new Attempt(collector, wait);
  try {
    const work = job.collect(attempt);
    if (work !== undefined) {
      return attempt.waitFor(work).then(
        () => finish(attempt, undefined, options),
        (error: unknown) => finish(attempt, error, options),
      );
    }
  } catch (error) {
    return finish(attempt, error, options);
  }
  return finish(attempt, undefined, options);
}

/** Keeps what an attempt gave, and serves it. `error` is undefined where it was complete. */
function finish(attempt: Attempt, error: unknown, { cache, log, now }: RunOptions): Sample[] {
  const { collector, samples } = attempt;
  const durationSeconds = attempt.end();
  const endedAt = now();
  const before = cache.get(collector.name);
  const failed = error !== undefined;
  const entry: CacheEntry = {
    samples: failed ? (before?.samples ?? []) : samples,
    at: failed ? before?.at : endedAt,
    durationSeconds,
    error: failed ? redactText(errorMessage(error)) : undefined,
    errorCode: failed ? errorCode(error) : undefined,
    failures: failed ? (before?.failures ?? 0) + 1 : 0,
    triedAt: endedAt,
  };
  cache.set(collector.name, entry);
  logChange(log, collector.name, before, entry);
  return served(collector, entry, samples, endedAt);
}

/** Whether it is its turn: its last complete result has grown old, or the pause after its failures is over. */
function isDue({ ttlSeconds = 0 }: CollectorDeclaration, entry: CacheEntry, now: number): boolean {
  if (entry.error === undefined && entry.at !== undefined && now - entry.at < ttlSeconds * 1000) return false;
  if (entry.failures === 0) return true;
  const pauseSeconds = Math.min(ttlSeconds, FIRST_PAUSE_SECONDS * 2 ** (entry.failures - 1));
  return now - entry.triedAt >= pauseSeconds * 1000;
}

/** One run of one collector. */
class Attempt implements Run {
  readonly collector: CollectorDeclaration;
  readonly samples: Sample[] = [];
  readonly #wait: Patience;
  readonly #own: Deadline | undefined;
  readonly #startedAt = performance.now();
  // Collectors that only compute all start in one go: the end of their last emit is the end of their own work.
  #workedUntil = this.#startedAt;
  #ownSeconds: number | undefined;
  #open = true;

  constructor(collector: CollectorDeclaration, wait: Patience) {
    const { timeoutSeconds: limit } = collector;
    this.collector = collector;
    this.#wait = wait;
    this.#own = limit === undefined ? undefined : startDeadline(limit * 1000, wait.signal);
  }

  get signal(): AbortSignal {
    return this.#own?.signal ?? this.#wait.signal;
  }

  emit(more: Iterable<Sample>): undefined {
    // A collector that comes back after its deadline must not change what was already served.
    if (!this.#open) return;
    try {
      for (const sample of more) this.samples.push(sample);
    } finally {
      this.#workedUntil = performance.now();
    }
  }

  spent(seconds: number): void {
    if (this.#open) this.#ownSeconds = (this.#ownSeconds ?? 0) + seconds;
  }

  /** Settles with the work, or rejects with code `timeout` when its time or that of all is over. */
  waitFor(work: Promise<void>): Promise<void> {
    return this.#own === undefined ? this.#wait.for(work) : untilAborted(work, this.#own.signal);
  }

  /** Closes it; the time it took, in seconds. */
  end(): number {
    this.#own?.clear();
    this.#open = false;
    const until = this.#workedUntil > this.#startedAt ? this.#workedUntil : performance.now();
    return this.#ownSeconds ?? (until - this.#startedAt) / 1000;
  }
}

/** The samples to serve for a collector now, with its self metrics. */
function served(
  collector: CollectorDeclaration,
  entry: CacheEntry,
  partial: readonly Sample[],
  now: number,
): Sample[] {
  const labels = { collector: collector.name };
  const failed = entry.error !== undefined;
  const ageSeconds = entry.at === undefined ? undefined : Math.max(0, (now - entry.at) / 1000);
  const maxStaleSeconds = Math.max(collector.ttlSeconds ?? 0, 60) * MAX_STALE_TTLS;
  const lastGood = failed && (ageSeconds === undefined || ageSeconds > maxStaleSeconds) ? [] : entry.samples;
  // Fresh partial results beat an older complete one: mixing both would show two moments as one.
  const chosen = failed && partial.length > 0 ? partial : lastGood;
  const { kept, counts } = limited(collector, chosen);
  const count = kept.length;
  const out = kept;
  out.push(success(labels, failed ? 0 : 1), duration(labels, entry.durationSeconds));
  out.push(sampleCount(labels, count));
  if (chosen === entry.samples && ageSeconds !== undefined && ageSeconds > 0)
    out.push(age(labels, ageSeconds));
  if (entry.errorCode !== undefined) out.push(errorInfo({ ...labels, code: entry.errorCode }, 1));
  for (const [reason, count] of Object.entries(counts)) {
    if (count > 0) out.push(dropped({ ...labels, reason }, count));
  }
  return out;
}

const declaredNamesOf = new WeakMap<CollectorDeclaration, ReadonlySet<string>>();

function declaredNames(collector: CollectorDeclaration): ReadonlySet<string> {
  let names = declaredNamesOf.get(collector);
  if (names === undefined) {
    names = new Set(collector.metrics.map((metric) => metric.family.name));
    declaredNamesOf.set(collector, names);
  }
  return names;
}

/** Holds a collector to its declaration: only declared families, no more series than its limit. */
function limited(collector: CollectorDeclaration, samples: readonly Sample[]) {
  const declared = declaredNames(collector);
  const prefix = collector.familyPrefix;
  const isOpen = (name: string) => prefix !== undefined && name.startsWith(prefix);
  const limit = collector.seriesLimit ?? DEFAULT_SERIES_LIMIT;
  const counts = { undeclared: 0, limit: 0 };
  const kept: Sample[] = [];
  for (const sample of samples) {
    if (sample.value === null || sample.value === undefined) continue;
    if (!declared.has(sample.family.name) && !isOpen(sample.family.name)) counts.undeclared += 1;
    else if (kept.length >= limit) counts.limit += 1;
    else kept.push(sample);
  }
  return { kept, counts };
}

function logChange(log: Logger, collector: string, before: CacheEntry | undefined, entry: CacheEntry): void {
  if (entry.error !== undefined && entry.error !== before?.error) {
    log.warn({ collector, code: entry.errorCode, error: entry.error }, 'collector failed');
  } else if (entry.error === undefined && before?.error !== undefined) {
    log.info({ collector }, 'collector recovered');
  }
}
