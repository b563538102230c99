/**
 * Source: pg_stat_activity, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW
 * Shape:  one row per state and application of sessions that wait for their client
 * Units:  seconds, as a histogram of the ages of their states
 * Needs:  pg_monitor (or pg_read_all_stats) for the sessions of others   Cost: one pass over the backends
 * Absent when: off, as by default; nobody is idle. The peer reads one application only, this has the largest 50
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { labelsOf, numberOf, type Row } from '../rows.ts';

const LABELS = ['state', 'application_name'] as const;
const HELP = 'Idle time of server processes.';
const bucket = gauge('pg_process_idle_seconds_bucket', HELP, [...LABELS, 'le']);
const sum = gauge('pg_process_idle_seconds_sum', HELP, LABELS);
const count = gauge('pg_process_idle_seconds_count', HELP, LABELS);

/** Upper bounds of the peer's histogram. */
const BOUNDS = [1, 2, 5, 15, 30, 60, 90, 120, 300] as const;

export const collector = {
  name: 'process_idle',
  help: 'How long sessions have been idle, by application, under the names of the peers.',
  enabledByDefault: false,
  scope: 'instance',
  metrics: [bucket, sum, count],
  // Sessions of others are hidden without it, and what is left would pass for the whole.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    {
      sql: `select state, application_name, count(*) as sessions, sum(seconds)::float8 as seconds,
  ${BOUNDS.map((bound) => `count(*) filter (where seconds <= ${bound}) as le_${bound}`).join(', ')}
from (
  select state, application_name, extract(epoch from clock_timestamp() - state_change) as seconds
  from pg_stat_activity where state like 'idle%'
) as idle
group by state, application_name order by sessions desc, state, application_name limit 50`,
    },
  ],
  *samples(rows) {
    for (const row of rows) yield* histogram(row);
  },
} satisfies PostgresCollector;

function* histogram(row: Row): Generator<Sample> {
  const labels = labelsOf(row, LABELS);
  for (const bound of BOUNDS) yield bucket({ ...labels, le: String(bound) }, numberOf(row, `le_${bound}`));
  const sessions = numberOf(row, 'sessions');
  yield bucket({ ...labels, le: '+Inf' }, sessions);
  yield sum(labels, numberOf(row, 'seconds'));
  yield count(labels, sessions);
}
