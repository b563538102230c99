/**
 * Source: pg_stat_activity, pg_stat_replication, pg_replication_slots, pg_prepared_xacts,
 *         https://www.postgresql.org/docs/current/routine-vacuuming.html
 * Shape:  one row per kind of holder: backend, standby (its feedback), slot, slot_catalog, prepared
 * Units:  transaction ids
 * Needs:  nothing for the ages of xmin   Cost: reads shared memory
 * Absent when: no holder of the kind exists
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, type Row, textOf } from '../rows.ts';

const xminAge = gauge(
  'pgfleet_postgres_xmin_age',
  'Transactions since the oldest snapshot that vacuum must keep rows for, by what holds it.',
  ['holder'],
);

const SQL = `
select holder, xmin_age from (
  select 'backend' as holder, max(age(backend_xmin)) as xmin_age from pg_stat_activity
    where backend_xmin is not null and pid <> pg_backend_pid()
  union all select 'standby', max(age(backend_xmin)) from pg_stat_replication
  union all select 'slot', max(age(xmin)) from pg_replication_slots
  union all select 'slot_catalog', max(age(catalog_xmin)) from pg_replication_slots
  union all select 'prepared', max(age(transaction)) from pg_prepared_xacts
) as holders`;

export const collector = {
  name: 'xmin_horizon',
  help: 'What keeps vacuum from removing dead rows, and for how long.',
  metrics: [xminAge],
  scope: 'instance',
  queries: [{ sql: SQL }],
  *samples(rows: readonly Row[]): Generator<Sample> {
    for (const row of rows) yield xminAge({ holder: textOf(row, 'holder') }, numberOf(row, 'xmin_age'));
  },
} satisfies PostgresCollector;
