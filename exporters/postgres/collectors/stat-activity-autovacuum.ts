/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 * Shape:  one row per table that an autovacuum worker works on; equal names of several databases together
 * Units:  seconds since the epoch
 * Needs:  pg_monitor (or pg_read_all_stats) to see the workers   Cost: one pass over the backends
 * Absent when: no autovacuum worker runs
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const started = gauge(
  'pg_stat_activity_autovacuum_timestamp_seconds',
  'Start timestamp of the vacuum process in seconds.',
  ['relname'],
);

export const collector = {
  name: 'stat_activity_autovacuum',
  help: 'Since when autovacuum works on which table.',
  scope: 'instance',
  metrics: [started],
  // Sessions of others are hidden without it, and what is left would pass for the whole.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    {
      sql: `select split_part(query, '.', 2) as relname, min(extract(epoch from xact_start))::float8 as started
from pg_stat_activity where query like 'autovacuum:%' and xact_start is not null
group by 1`,
    },
  ],
  samples: (rows) => columnSamples(rows, { started }, ['relname']),
} satisfies PostgresCollector;
