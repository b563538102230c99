/**
 * Source: pg_blocking_pids(), pg_stat_activity, from 14 on pg_locks.waitstart,
 *         https://www.postgresql.org/docs/current/functions-info.html
 * Shape:  one row per database with blocked sessions; roots are blockers that nobody blocks
 * Units:  sessions; seconds
 * Needs:  pg_monitor (or pg_read_all_stats): what others wait for is hidden from everybody else
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
  'Sessions at the root of lock queues: they block others and are not blocked; "prepared" is a prepared transaction.',
  ['datname', 'state'],
);
const oldestRoot = gauge(
  'pgfleet_postgres_blocking_oldest_transaction_seconds',
  'Age of the oldest transaction at the root of a lock queue.',
  ['datname', 'state'],
);

/** When a session began to wait, by the locks it waits for; they are looked at only while somebody waits. */
const SINCE_14 = `select pid, min(waitstart) as waitstart from pg_locks
  where not granted and exists (select from waiting) group by pid`;
/** Before, nothing is known but the start of the statement that waits. */
const SINCE_9 = 'select pid, null::timestamptz as waitstart from waiting';

/** A prepared transaction has no session: its locks are those of process 0. */
function select(since: string): string {
  return `with waiting as (
  select pid, datname, pg_blocking_pids(pid) as blockers, state_change
  from pg_stat_activity where wait_event_type = 'Lock'
), since as (
  ${since}
), blocked as (
  select pid, datname, blockers,
    extract(epoch from clock_timestamp() - coalesce(waitstart, state_change))::float8 as seconds
  from waiting left join since using (pid) where cardinality(blockers) > 0
), roots as (
  select distinct unnest(blockers) as pid from blocked
  except select pid from blocked
)
select 'blocked' as side, datname, null::text as state, count(*) as sessions, max(seconds) as seconds
from blocked group by datname
union all
select 'root', a.datname, case when roots.pid = 0 then 'prepared' else coalesce(a.state, 'hidden') end, count(*),
  max(extract(epoch from clock_timestamp() - a.xact_start))::float8
from roots left join pg_stat_activity a using (pid) where roots.pid = 0 or a.pid is not null group by 2, 3
union all
select 'database', datname, null, 0, null from pg_database where datallowconn`;
}

export const collector = {
  name: 'blocking',
  help: 'Who waits for locks, for how long, and who is at the root.',
  metrics: [blocked, longest, roots, oldestRoot],
  scope: 'instance',
  // Without it nobody seems to wait.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [{ sql: select(SINCE_9) }, { minVersion: 140_000, sql: select(SINCE_14) }],
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
