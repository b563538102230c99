import type { SkipReason } from './collector.ts';
import type { Sample } from './metric.ts';

/** What a scrape may spend. */
export interface ProbeOptions {
  /** Milliseconds until the answer must be complete. */
  readonly budgetMs: number;
  /** Aborted when the client goes away or the process stops. */
  readonly signal: AbortSignal;
}

/** One kind of targets (PostgreSQL servers, hosts) behind `/probe/<kind>?target=NAME`. */
export interface Exporter {
  readonly kind: 'postgres' | 'host';
  /** Registry names; a name outside this list is never contacted. */
  targets(): readonly string[];
  /**
   * Everything one target gives now. A failing target does not throw: it yields its up metric as 0
   * and the self metrics, within the budget. Throws PgfleetError `not_found` for an unknown name.
   */
  probe(target: string, options: ProbeOptions): Promise<readonly Sample[]>;
  /** What would be collected and why. Throws PgfleetError `not_found` for an unknown name. */
  explain(target: string): Promise<Explanation>;
  /** The outcome of the last probe, for the status page; undefined before the first. */
  lastProbe(target: string): ProbeRecord | undefined;
  /** Ends connections and child processes. */
  close(): Promise<void>;
}

/** What the status page says about a target. */
export interface ProbeRecord {
  readonly up: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly durationMs: number;
  /** "PostgreSQL 15.18", "Linux 6.1.0". */
  readonly version: string | undefined;
  /** "primary", "standby"; undefined where it has no meaning. */
  readonly role: string | undefined;
  /** Redacted message of the last failure; undefined when the last probe was complete. */
  readonly error: string | undefined;
}

/** Answer of `/explain`. */
export interface Explanation {
  readonly target: string;
  readonly kind: 'postgres' | 'host';
  /** Facts the plan rests on: version, role, extensions. */
  readonly facts: Readonly<Record<string, string>>;
  readonly error: string | undefined;
  readonly collectors: readonly ExplainedCollector[];
}

export interface ExplainedCollector {
  readonly name: string;
  readonly help: string;
  readonly chosen: boolean;
  /** Why it is discarded; undefined when chosen. */
  readonly reason: SkipReason | undefined;
  readonly detail: string | undefined;
  /** The SQL or capture sections it reads. */
  readonly reads: string;
  readonly ttlSeconds: number;
  readonly timeoutSeconds: number | undefined;
  readonly lastDurationSeconds: number | undefined;
  readonly lastSamples: number | undefined;
  readonly lastError: string | undefined;
}
