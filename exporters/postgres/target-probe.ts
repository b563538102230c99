import type { Explanation, ProbeOptions, ProbeRecord } from '../../lib/exporter.ts';
import type { Sample } from '../../lib/metric.ts';
import type { PostgresTarget } from './config.ts';
import type { HealthReport } from './health-check.ts';
import type { Row } from './rows.ts';

/** One watched server, whatever kind it is of. */
export interface TargetProbe {
  readonly target: PostgresTarget;
  /** The outcome of the last probe; undefined before the first. */
  readonly record: ProbeRecord | undefined;
  /** Joins the running probe or starts one. Never throws; answers within the budget. */
  probe(options: ProbeOptions): Promise<readonly Sample[]>;
  /** Whether it is well, for load balancers: answers within a second and never throws. */
  health(): Promise<HealthReport>;
  /** What the last scrapes read of the collectors aside. Throws PgfleetError `not_found` when none of them runs. */
  aside(): readonly Sample[];
  /** Rows of one read-only statement, asked between the scrapes and over their connection. Throws PgfleetError. */
  ask(sql: string): Promise<readonly Row[]>;
  /** What runs on it and why; asks once when it was not probed before. */
  explain(): Promise<Explanation>;
  close(): Promise<void>;
}
