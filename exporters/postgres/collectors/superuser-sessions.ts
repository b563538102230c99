/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW, pg_roles
 * Shape:  one row per superuser role, with and without sessions
 * Units:  sessions
 * Needs:  pg_monitor (or pg_read_all_stats) to see where sessions of others come from
 * Cost:   one pass over the backends
 * Absent when: of a role with a session that is hidden. Sessions over the socket are people and cron jobs of the
 *         machine and are not counted; of more than 20 superuser roles the busiest are named
 */
import { gauge } from '../../../lib/metric.ts';
import { CARETAKERS, OURSELVES } from '../client-roles.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['usename'] as const;
const sessions = gauge(
  'pgfleet_postgres_superuser_sessions',
  'Client sessions of the superuser role over TCP, without those of monitoring, backup and failover management.',
  LABELS,
);

export const collector = {
  name: 'superuser_sessions',
  help: 'Which superusers applications log in as.',
  metrics: [sessions],
  scope: 'instance',
  queries: [
    { maxVersion: 100_000, sql: select('a.state is null', 'a.datname is not null') },
    {
      minVersion: 100_000,
      sql: select('a.backend_type is null', `coalesce(a.backend_type, 'client backend') = 'client backend'`),
    },
  ],
  samples: (rows) => columnSamples(rows, { sessions }, LABELS),
} satisfies PostgresCollector;

/** A hidden session may be one that counts: then the number is not known. */
function select(hidden: string, client: string): string {
  return `select r.rolname as usename,
  case when count(a.pid) filter (where ${hidden}) = 0
    then count(a.pid) filter (where a.client_addr is not null) end as sessions
from pg_roles as r
left join pg_stat_activity as a on a.usesysid = r.oid and ${client}
  and not ${OURSELVES} and a.application_name !~* '${CARETAKERS}'
where r.rolsuper
group by r.rolname order by sessions desc nulls first, r.rolname limit 20`;
}
