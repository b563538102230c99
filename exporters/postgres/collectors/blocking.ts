/**
 * Source: pg_blocking_pids(), pg_stat_activity, https://www.postgresql.org/docs/current/functions-info.html
 * Shape:  one row per database with blocked sessions; roots are blockers that nobody blocks
 * Units:  sessions; seconds
 * Needs:  pg_monitor (or pg_read_all_stats) for the times of other users' sessions
 * Cost:   pg_blocking_pids() takes the lock manager's partitions shortly, so it is asked for waiting sessions only
 * Absent when: nobody is blocked: the counts are 0 then, the ages absent
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, type Row, textOf } from '../rows.ts';

const blocked = gauge(
  'pgfleet_postgres_blocked_sessions',
  'Sessions that wait for a lock of another session.',
  ['datname'],
);
const longest = gauge(
  'pgfleet_postgres_blocked_longest_seconds',
  'Longest time a session has been waiting for a lock of another session.',
  ['datname'],
);
const roots = gauge(
  'pgfleet_postgres_blocking_sessions',
  'Sessions at the root of lock queues: they block others and are not blocked.',
  ['datname', 'state'],
);
const oldestRoot = gauge(
  'pgfleet_postgres_blocking_oldest_transaction_seconds',
  'Age of the oldest transaction at the root of a lock queue.',
  ['datname', 'state'],
);

const SQL = `
with waiting as (
  select pid, datname, pg_blocking_pids(pid) as blockers,
    extract(epoch from clock_timestamp() - state_change)::float8 as seconds
  from pg_stat_activity where wait_event_type = 'Lock'
), blocked as (
  select * from waiting where cardinality(blockers) > 0
), roots as (
  select distinct unnest(blockers) as pid from blocked
  except select pid from blocked
)
select 'blocked' as side, datname, null as state, count(*) as sessions, max(seconds) as seconds
from blocked group by datname
union all
select 'root', a.datname, coalesce(a.state, 'hidden'), count(*),
  max(extract(epoch from clock_timestamp() - a.xact_start))::float8
from roots join pg_stat_activity a using (pid) group by a.datname, coalesce(a.state, 'hidden')
union all
select 'database', datname, null, 0, null from pg_database where datallowconn`;

export const collector = {
  name: 'blocking',
  help: 'Who waits for locks, for how long, and who is at the root.',
  metrics: [blocked, longest, roots, oldestRoot],
  scope: 'instance',
  queries: [{ sql: SQL }],
  samples: blockingSamples,
} satisfies PostgresCollector;

function* blockingSamples(rows: readonly Row[]): Generator<Sample> {
  const busy = new Set<string>();
  for (const row of rows) {
    const datname = textOf(row, 'datname');
    if (row['side'] === 'blocked') {
      busy.add(datname);
      yield blocked({ datname }, numberOf(row, 'sessions'));
      yield longest({ datname }, numberOf(row, 'seconds'));
    } else if (row['side'] === 'root') {
      const labels = { datname, state: textOf(row, 'state') };
      yield roots(labels, numberOf(row, 'sessions'));
      yield oldestRoot(labels, numberOf(row, 'seconds'));
    }
  }
  for (const row of rows) {
    const datname = textOf(row, 'datname');
    if (row['side'] === 'database' && !busy.has(datname)) yield blocked({ datname }, 0);
  }
}
