/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 * Shape:  one row: sessions of clients that are neither monitoring, backup nor failover management, and when they last did something
 * Units:  sessions; seconds since the epoch by the clock of the server
 * Needs:  pg_monitor (or pg_read_all_stats), or the sessions count as hidden and the server is not judged idle
 * Cost:   one pass over the backends
 * Absent when: the time, while no such session can be seen. A role that may read all statistics and is no
 *         superuser counts as monitoring; before 10 only pgfleet itself does
 */
import { gauge } from '../../../lib/metric.ts';
import { CARETAKERS, OURSELVES } from '../client-roles.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const sessions = gauge(
  'pgfleet_postgres_other_clients',
  'Client sessions that are not of monitoring, backup or failover management.',
);
const hidden = gauge(
  'pgfleet_postgres_other_clients_hidden',
  'Those of them whose state the monitoring user may not see.',
);
const lastActive = gauge(
  'pgfleet_postgres_other_clients_active_timestamp_seconds',
  'When one of the sessions that are there now last began or ended a statement; now, while a statement runs.',
);

export const collector = {
  name: 'other_clients',
  help: 'Whether anybody but the caretakers of the server uses it.',
  metrics: [sessions, hidden, lastActive],
  scope: 'instance',
  queries: [
    { maxVersion: 100_000, sql: select('a.datname is not null') },
    {
      minVersion: 100_000,
      sql: select(`a.datname is not null and coalesce(a.backend_type, 'client backend') = 'client backend'
  and not exists (
    select from pg_roles where oid = a.usesysid and not rolsuper and pg_has_role(oid, 'pg_read_all_stats', 'member')
  )`),
    },
  ],
  samples: (rows) => singleRowSamples(rows, { sessions, hidden, last_active: lastActive }),
} satisfies PostgresCollector;

function select(client: string): string {
  return `select count(*) as sessions, count(*) filter (where a.state_change is null) as hidden,
  max(extract(epoch from
    case when a.state in ('active', 'fastpath function call') then clock_timestamp() else a.state_change end
  ))::float8 as last_active
from pg_stat_activity as a
where ${client}
  and not ${OURSELVES} and a.application_name !~* '${CARETAKERS}'`;
}
