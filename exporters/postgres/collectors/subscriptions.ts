/**
 * Source: pg_stat_subscription, pg_subscription, pg_stat_subscription_stats (15 and later),
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-SUBSCRIPTION
 * Shape:  one row per subscription of the server
 * Units:  bytes; seconds; errors; conflicts
 * Needs:  nothing for the workers   Cost: reads shared memory
 * Absent when: there are no subscriptions; PostgreSQL 9.6; errors before 15, conflicts before 18
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples, labelsOf, numberOf } from '../rows.ts';

const LABELS = ['subname'] as const;
const metrics = {
  enabled: gauge(
    'pgfleet_postgres_subscription_enabled',
    'Whether the subscription is meant to run; one that is not has no worker.',
    LABELS,
  ),
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

const conflicts = counter(
  'pgfleet_postgres_subscription_conflicts_total',
  'Changes that met rows here which should not be, or miss rows that should, by kind of conflict.',
  [...LABELS, 'conflict'],
);
const CONFLICTS = [
  ...['insert_exists', 'update_origin_differs', 'update_exists', 'update_missing'],
  ...['delete_origin_differs', 'delete_missing', 'multiple_unique_conflicts'],
];

/** The main worker has no table. A subscription that is disabled has no worker and is listed all the same. */
function select(errors: string, join: string): string {
  return `select subname, (select bool_or(subenabled) from pg_subscription p where p.subname = s.subname) as enabled,
  count(pid) filter (where relid is null) as running,
  count(pid) filter (where relid is not null) as syncing,
  extract(epoch from clock_timestamp() - max(last_msg_receipt_time) filter (where relid is null))::float8 as message_age,
  greatest(0, max(pg_wal_lsn_diff(received_lsn, latest_end_lsn)) filter (where relid is null))::float8 as unreported${errors}
from pg_stat_subscription s ${join}
group by subname`;
}

const ERRORS = ',\n  max(apply_error_count) as apply_errors, max(sync_error_count) as sync_errors';
const STATS = 'left join pg_stat_subscription_stats e using (subid, subname)';

export const collector = {
  name: 'subscriptions',
  help: 'Whether logical subscriptions run, and what goes wrong in them.',
  scope: 'instance',
  metrics: [...Object.values(metrics), conflicts],
  queries: [
    { minVersion: 100_000, sql: select('', '') },
    { minVersion: 150_000, sql: select(ERRORS, STATS) },
    {
      minVersion: 180_000,
      sql: select(
        `${ERRORS},\n  ${CONFLICTS.map((kind) => `max(confl_${kind}) as ${kind}`).join(', ')}`,
        STATS,
      ),
    },
  ],
  *samples(rows) {
    yield* columnSamples(rows, metrics, LABELS);
    for (const row of rows) {
      for (const conflict of CONFLICTS) {
        if (conflict in row) yield conflicts({ ...labelsOf(row, LABELS), conflict }, numberOf(row, conflict));
      }
    }
  },
} satisfies PostgresCollector;
