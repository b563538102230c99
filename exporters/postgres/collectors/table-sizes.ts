/**
 * Source: pg_table_size(), pg_indexes_size(), https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
 * Shape:  one row per table among the largest of a database
 * Units:  bytes
 * Needs:  nothing
 * Cost:   opens the chosen tables and looks at their files, every 10 minutes. Tables that are locked exclusively, or
 *         that somebody wants to lock so, are left out and counted: we never stand in a queue
 * Absent when: the table is locked; the size of the last round is served meanwhile
 */
import { gauge } from '../../../lib/metric.ts';
import type { Limits, PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';
import { amongFirst, heldBy, USER_TABLES } from '../top-tables.ts';

const LABELS = ['datname', 'schemaname', 'relname'] as const;
const metrics = {
  table_size: gauge(
    'pg_stat_user_tables_table_size_bytes',
    'Total disk space used by this table, in bytes, excluding indexes (but including TOAST).',
    LABELS,
  ),
  index_size: gauge(
    'pg_stat_user_tables_index_size_bytes',
    'Total disk space used by the indexes of this table, in bytes.',
    LABELS,
  ),
};
const skipped = gauge(
  'pgfleet_postgres_table_sizes_skipped',
  'Tables whose size was not read because they are, or are about to be, locked exclusively.',
  ['datname'],
);

/** Table, index or TOAST relation: locked is the table it belongs to. */
const sql = ({ tables }: Limits, before: readonly string[]) => `with locked as (
  select distinct coalesce(owner.oid, i.indrelid, l.relation) as oid
  from pg_locks l left join pg_index i on i.indexrelid = l.relation
  left join pg_class owner on owner.reltoastrelid = coalesce(i.indrelid, l.relation)
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select oid from pg_database where datname = current_database())
), tables as (
  select c.oid, nspname, relname, ${amongFirst(tables, ['relpages'], 'c.oid', heldBy('c.oid', 'oid', before))} as chosen
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where ${USER_TABLES}
), chosen as (
  select *, exists (select from locked where locked.oid = tables.oid) as locked from tables where chosen
)
select oid as id, current_database() as datname, nspname as schemaname, relname, pg_table_size(oid) as table_size,
  pg_indexes_size(oid) as index_size, null::int8 as skipped
from (select * from chosen where not locked offset 0) as open
union all
select null, current_database(), null, null, null, null, count(*) filter (where locked) from chosen`;

export const collector = {
  name: 'table_sizes',
  help: 'Disk space of the largest tables and their indexes, without ever waiting for a lock.',
  scope: 'database',
  metrics: [...Object.values(metrics), skipped],
  ttlSeconds: 600,
  timeoutSeconds: 10,
  seriesLimit: 50_000,
  remainder: [],
  queries: [{ sql: (_facts, limits, before) => sql(limits, before) }],
  *samples(rows) {
    yield* columnSamples(
      rows.filter((row) => row['skipped'] === null),
      metrics,
      LABELS,
    );
    yield* columnSamples(
      rows.filter((row) => row['skipped'] !== null),
      { skipped },
      ['datname'],
    );
  },
} satisfies PostgresCollector;
