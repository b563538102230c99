import type { AnyMetric } from './metric.ts';

/**
 * THE contract: what every collector of every exporter declares. An exporter extends it with what
 * its collectors read (SQL variants, capture sections, the registry) and one pure function from
 * there to samples. `pgfleet metrics` and docs/reference/metrics.md are printed from it.
 */
export interface CollectorDeclaration {
  /** The file name in snake case (stat-database.ts is stat_database); the value of the `collector` label. */
  readonly name: string;
  /** One sentence for people: what it tells an operator. */
  readonly help: string;
  /** Every family it can emit; a sample of another family is dropped and counted. */
  readonly metrics: readonly AnyMetric[];
  /** Where the source itself names families (one per setting): those that start with this are kept as well. */
  readonly familyPrefix?: string;
  /** Default true. */
  readonly enabledByDefault?: boolean;
  /** Seconds for which a gathered result is served again instead of asking the source. Default 0: every scrape. */
  readonly ttlSeconds?: number;
  /** Longest time one run may take, in seconds. Default: what the scrape has left. */
  readonly timeoutSeconds?: number;
  /** Samples kept from one run; the rest is dropped and counted. Default 10,000. */
  readonly seriesLimit?: number;
}

/** Why a collector that exists did not run; the value of the `reason` label. */
export type SkipReason =
  | 'version'
  | 'role'
  | 'extension'
  | 'permission'
  | 'section'
  | 'disabled'
  | 'service'
  | 'unsupported';
