/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 * Shape:  one row per database, state and backend type that occurs
 * Units:  sessions; seconds
 * Needs:  pg_monitor (or pg_read_all_stats) for the state and times of other users' sessions
 * Cost:   one pass over the backends
 * Absent when: the ages, while no client session has an open transaction, query or idle transaction
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { maxBy, sumBy } from '../rows.ts';

const connections = gauge(
  'pgfleet_postgres_connections',
  'Client sessions by database and state; state is "hidden" where the monitoring user may not see it.',
  ['datname', 'state'],
);
const backends = gauge('pgfleet_postgres_backends', 'Server processes by type.', ['backend_type']);
const waiting = gauge(
  'pgfleet_postgres_sessions_waiting',
  'Client sessions that wait, by type of wait event; idle sessions that wait for their client are left out.',
  ['wait_event_type'],
);
const oldestTransaction = gauge(
  'pgfleet_postgres_oldest_transaction_seconds',
  'Age of the oldest open transaction of a client.',
  ['datname'],
);
const oldestQuery = gauge(
  'pgfleet_postgres_oldest_active_query_seconds',
  'Age of the oldest running query of a client.',
  ['datname'],
);
const oldestIdle = gauge(
  'pgfleet_postgres_oldest_idle_in_transaction_seconds',
  'Longest time a client has been idle in a transaction.',
  ['datname'],
);

export const collector = {
  name: 'connections',
  help: 'Sessions by state, server processes by type, and the oldest transactions and queries.',
  scope: 'instance',
  metrics: [connections, backends, waiting, oldestTransaction, oldestQuery, oldestIdle],
  queries: [
    { maxVersion: 100_000, sql: select("'client backend'::text") },
    { minVersion: 100_000, sql: select("coalesce(backend_type, 'hidden')") },
  ],
  *samples(rows) {
    for (const { labels, value } of sumBy(rows, ['backend_type'], 'sessions')) yield backends(labels, value);
    // Where types are hidden, a session in a database is a client's: what else is in one is rare.
    const clients = rows.filter(
      (row) =>
        row['backend_type'] === 'client backend' ||
        (row['backend_type'] === 'hidden' && row['datname'] !== null),
    );
    const busy = clients.filter((row) => row['wait_event_type'] !== null && row['state'] !== 'idle');
    for (const { labels, value } of sumBy(clients, ['datname', 'state'], 'sessions'))
      yield connections(labels, value);
    for (const { labels, value } of sumBy(busy, ['wait_event_type'], 'sessions'))
      yield waiting(labels, value);
    for (const [metric, column] of ages) {
      for (const { labels, value } of maxBy(clients, ['datname'], column)) yield metric(labels, value);
    }
  },
} satisfies PostgresCollector;

const ages = [
  [oldestTransaction, 'transaction_seconds'],
  [oldestQuery, 'query_seconds'],
  [oldestIdle, 'idle_in_transaction_seconds'],
] as const;

function select(backendType: string): string {
  return `select datname, coalesce(state, 'hidden') as state, backend_type, wait_event_type, count(*) as sessions,
  max(extract(epoch from clock_timestamp() - xact_start))::float8 as transaction_seconds,
  max(case when state = 'active' then extract(epoch from clock_timestamp() - query_start) end)::float8 as query_seconds,
  max(case when state like 'idle in transaction%' then extract(epoch from clock_timestamp() - state_change) end)::float8
    as idle_in_transaction_seconds
from (
  select datname, state, ${backendType} as backend_type, wait_event_type, state_change,
    case when pid <> pg_backend_pid() then xact_start end as xact_start,
    case when pid <> pg_backend_pid() then query_start end as query_start
  from pg_stat_activity
) as sessions
group by 1, 2, 3, 4`;
}
