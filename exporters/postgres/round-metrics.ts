import { gauge, type Sample } from '../../lib/metric.ts';
import type { PostgresFailure } from './failure.ts';

const visitAge = gauge(
  'pgfleet_postgres_database_visit_age_seconds',
  'Time since the collectors of the database scope last read this database.',
  ['datname'],
);
const visitError = gauge(
  'pgfleet_postgres_database_error',
  'Why the last visit to this database gave nothing.',
  ['datname', 'reason'],
);
const waiting = gauge(
  'pgfleet_postgres_databases_waiting',
  'Databases whose turn it was and that this scrape had no time for.',
);

export const ROUND_METRICS = [visitAge, visitError, waiting] as const;

/** What is known of the visits to one database. */
interface Visits {
  readonly name: string;
  readonly visitedAt: number | undefined;
  readonly failure: PostgresFailure | undefined;
}

/** How current what the rounds serve is; times are milliseconds since the epoch. */
export function roundSamples(due: number, databases: Iterable<Visits>, now: number): Sample[] {
  const samples = [waiting(due)];
  for (const { name: datname, visitedAt, failure } of databases) {
    if (visitedAt !== undefined) samples.push(visitAge({ datname }, Math.max(0, now - visitedAt) / 1000));
    if (failure !== undefined) samples.push(visitError({ datname, reason: failure.reason }, 1));
  }
  return samples;
}
