/**
 * Source: pg_locks, https://www.postgresql.org/docs/current/view-pg-locks.html
 * Shape:  one row per database and mode that occurs
 * Units:  locks held and awaited
 * Needs:  nothing   Cost: takes the partitions of the lock manager one after the other, shortly
 * Absent when: nobody holds or awaits a lock of the mode in the database
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['datname', 'mode'] as const;
const locks = gauge('pg_locks_count', 'Number of locks, held and awaited.', LABELS);
const waiting = gauge(
  'pgfleet_postgres_locks_awaited',
  'Locks that a session waits for; without datname those on transactions and shared objects.',
  LABELS,
);

export const collector = {
  name: 'locks',
  help: 'Locks by database and mode, and how many of them are waited for.',
  scope: 'instance',
  metrics: [locks, waiting],
  queries: [
    {
      sql: `select datname, lower(mode) as mode, count(*) as locks, count(*) filter (where not granted) as waiting
from pg_locks left join pg_database on pg_database.oid = pg_locks.database
group by 1, 2`,
    },
  ],
  *samples(rows) {
    const inDatabases = rows.filter((row) => row['datname'] !== null);
    yield* columnSamples(inDatabases, { locks }, LABELS);
    yield* columnSamples(rows, { waiting }, LABELS);
  },
} satisfies PostgresCollector;
