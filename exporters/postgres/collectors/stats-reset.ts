/**
 * Source: the column stats_reset of the statistics views,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html
 * Shape:  one row per view; for pg_stat_database the youngest of its databases
 * Units:  seconds since the epoch, exported as is
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: a view of this version has no such column, or was never reset
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, textOf } from '../rows.ts';

const reset = gauge(
  'pgfleet_postgres_stats_reset_timestamp_seconds',
  'When the counters of the view were last set to zero; for views with a row per database, the youngest.',
  ['view'],
);

const VIEWS_BY_VERSION = [
  [90_600, ['pg_stat_database', 'pg_stat_bgwriter', 'pg_stat_archiver']],
  [130_000, ['pg_stat_slru']],
  [140_000, ['pg_stat_wal', 'pg_stat_replication_slots']],
  [150_000, ['pg_stat_recovery_prefetch', 'pg_stat_subscription_stats']],
  [160_000, ['pg_stat_io']],
  [170_000, ['pg_stat_checkpointer']],
] as const;

/** Each version knows the views of the ones before it. */
const queries = VIEWS_BY_VERSION.map(([minVersion], index) => ({
  minVersion,
  sql: VIEWS_BY_VERSION.slice(0, index + 1)
    .flatMap(([, views]) => views)
    .map(
      (view) =>
        `select '${view}' as view, extract(epoch from max(stats_reset))::float8 as reset from ${view}`,
    )
    .join('\nunion all '),
}));

export const collector = {
  name: 'stats_reset',
  help: 'When counters began anew, so that a drop is not taken for an event.',
  metrics: [reset],
  scope: 'instance',
  queries,
  *samples(rows) {
    for (const row of rows) yield reset({ view: textOf(row, 'view') }, numberOf(row, 'reset'));
  },
} satisfies PostgresCollector;
