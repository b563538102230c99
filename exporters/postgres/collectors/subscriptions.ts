/**
 * Source: pg_stat_subscription, pg_stat_subscription_stats (15 and later), pg_subscription_rel,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-SUBSCRIPTION
 * Shape:  one row per subscription of the server
 * Units:  bytes; seconds; errors
 * Needs:  nothing for the workers   Cost: reads shared memory
 * Absent when: there are no subscriptions; PostgreSQL 9.6; errors before 15
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['subname'] as const;
const metrics = {
  running: gauge(
    'pgfleet_postgres_subscription_running',
    'Whether the main worker of the subscription runs.',
    LABELS,
  ),
  syncing: gauge(
    'pgfleet_postgres_subscription_sync_workers',
    'Workers that copy the initial content of tables.',
    LABELS,
  ),
  message_age: gauge(
    'pgfleet_postgres_subscription_last_message_seconds',
    'Time since the last message of the publisher.',
    LABELS,
  ),
  unreported: gauge(
    'pgfleet_postgres_subscription_unreported_bytes',
    'WAL that was received and is not yet reported back as durable.',
    LABELS,
  ),
  apply_errors: counter(
    'pgfleet_postgres_subscription_apply_errors_total',
    'Errors while applying changes.',
    LABELS,
  ),
  sync_errors: counter(
    'pgfleet_postgres_subscription_sync_errors_total',
    'Errors while copying the initial content of tables.',
    LABELS,
  ),
};

/** The main worker has no table. A subscription that is disabled has no worker and is listed all the same. */
function select(errors: string, join: string): string {
  return `select subname, count(pid) filter (where relid is null) as running,
  count(pid) filter (where relid is not null) as syncing,
  extract(epoch from clock_timestamp() - max(last_msg_receipt_time) filter (where relid is null))::float8 as message_age,
  greatest(0, max(pg_wal_lsn_diff(received_lsn, latest_end_lsn)) filter (where relid is null))::float8 as unreported${errors}
from pg_stat_subscription s ${join}
group by subname`;
}

export const collector = {
  name: 'subscriptions',
  help: 'Whether logical subscriptions run, and what goes wrong in them.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    { minVersion: 100_000, sql: select('', '') },
    {
      minVersion: 150_000,
      sql: select(
        ',\n  max(apply_error_count) as apply_errors, max(sync_error_count) as sync_errors',
        'left join pg_stat_subscription_stats e using (subid, subname)',
      ),
    },
  ],
  samples: (rows) => columnSamples(rows, metrics, LABELS),
} satisfies PostgresCollector;
