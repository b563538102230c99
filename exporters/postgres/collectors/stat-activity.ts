/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 * Shape:  one row per database, state, user, application, backend type and wait event that occurs
 * Units:  sessions; seconds
 * Needs:  pg_monitor (or pg_read_all_stats) to see the sessions of others in full   Cost: one pass over the backends
 * Absent when: no session; groups beyond the largest 200 are summed up per database and state as application "other"
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { labelsOf, numberOf } from '../rows.ts';

const LABELS = [
  'datname',
  'state',
  'usename',
  'application_name',
  'backend_type',
  'wait_event_type',
  'wait_event',
] as const;
const LARGEST = 200;

const count = gauge('pg_stat_activity_count', 'Number of connections in this state.', LABELS);
const maxDuration = gauge(
  'pg_stat_activity_max_tx_duration',
  'Max duration in seconds any active transaction has been running.',
  LABELS,
);

export const collector = {
  name: 'stat_activity',
  help: 'Sessions by database, state, user, application and wait event.',
  scope: 'instance',
  metrics: [count, maxDuration],
  // Sessions of others are hidden without it, and what is left would pass for the whole.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    { maxVersion: 100_000, sql: groups("'client backend'::text") },
    { minVersion: 100_000, sql: groups('backend_type') },
  ],
  *samples(rows) {
    for (const row of rows) {
      const labels = labelsOf(row, LABELS);
      yield count(labels, numberOf(row, 'sessions'));
      yield maxDuration(labels, numberOf(row, 'max_duration'));
    }
  },
} satisfies PostgresCollector;

/** Application names and users come from clients: what goes beyond the largest groups is summed up. */
function groups(backendType: string): string {
  return `with groups as (
  select datname, state, usename, application_name, ${backendType} as backend_type, wait_event_type, wait_event,
    count(*) as sessions, max(extract(epoch from now() - xact_start))::float8 as max_duration
  from pg_stat_activity
  where datname is not null and state is not null
  group by 1, 2, 3, 4, 5, 6, 7
), ranked as (
  select *, row_number() over (order by sessions desc, max_duration desc nulls last, 1, 2, 3, 4, 5, 6, 7) > ${LARGEST} as rest
  from groups
)
select datname, state,
  case when not rest then usename end as usename,
  case when rest then 'other' else application_name end as application_name,
  case when not rest then backend_type end as backend_type,
  case when not rest then wait_event_type end as wait_event_type,
  case when not rest then wait_event end as wait_event,
  sum(sessions)::int8 as sessions, max(max_duration) as max_duration
from ranked
group by 1, 2, 3, 4, 5, 6, 7`;
}
