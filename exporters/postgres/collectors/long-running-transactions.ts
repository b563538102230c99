/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 * Shape:  one row
 * Units:  transactions; seconds: the peer's second name says timestamp and holds an age
 * Needs:  pg_monitor (or pg_read_all_stats) for the sessions of others   Cost: one pass over the backends
 * Absent when: off, as by default: connections has the ages by database
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  transactions: gauge('pg_long_running_transactions', 'Current number of long running transactions.'),
  oldest: gauge(
    'pg_long_running_transactions_oldest_timestamp_seconds',
    'The current maximum transaction age in seconds.',
  ),
};

export const collector = {
  name: 'long_running_transactions',
  help: 'Open transactions and the oldest of them, under the names of the peers.',
  enabledByDefault: false,
  scope: 'instance',
  metrics: Object.values(metrics),
  // Sessions of others are hidden without it, and what is left would pass for the whole.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    {
      sql: `select count(*) as transactions,
  max(extract(epoch from clock_timestamp() - xact_start))::float8 as oldest
from pg_stat_activity
where state is distinct from 'idle' and query not like 'autovacuum:%' and pid <> pg_backend_pid()
  and xact_start is not null`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
