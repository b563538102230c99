/**
 * Source: pg_class and pg_stats, https://www.postgresql.org/docs/current/view-pg-stats.html
 * Shape:  one row per table among the 50 largest of a database that wastes at least a megabyte, and one for the database
 * Units:  bytes, estimated: pages there are, less pages that the rows would fill at the table's fillfactor
 * Needs:  SELECT on the tables (pg_read_all_data has it from 14 on), as pg_stats hides the widths of others' columns
 * Cost:   reads statistics of the chosen tables, once an hour; no table is opened
 * Absent when: a table was never analyzed, or its statistics are hidden: it is counted then
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';
import { USER_TABLES } from '../top-tables.ts';

const LABELS = ['datname', 'schemaname', 'relname'] as const;
const LARGEST = 50;

const bloat = gauge(
  'pgfleet_postgres_table_bloat_bytes',
  'Estimated space in the table that no row fills, without indexes and TOAST; VACUUM FULL or pg_repack would free it.',
  LABELS,
);
const totals = {
  unknown: gauge(
    'pgfleet_postgres_table_bloat_unknown',
    'Tables among the largest for which there is no estimate: not analyzed, or hidden from the monitoring user.',
    ['datname'],
  ),
};

/** A row is 23 bytes of header, a bit per column where one may be NULL, and its columns, in steps of 8; with its pointer. */
const SQL = `with largest as (
  select c.oid, nspname, relname, relpages, reltuples, current_setting('block_size')::float8 as block,
    coalesce((select option_value::float8 from pg_options_to_table(reloptions) where option_name = 'fillfactor'), 100)
      / 100 as fill,
    (select count(*) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where ${USER_TABLES} and relkind in ('r', 'm') and relpages > 0
  order by relpages desc, c.oid limit ${LARGEST}
), measured as (
  select largest.*, case when known = columns and reltuples > 0 then
    4 + 8 * ceil((23 + case when nullable then ceil(columns / 8.0) else 0 end + width) / 8) end as row_bytes
  from largest, lateral (
    select count(*) as known, sum((1 - null_frac) * avg_width) as width, bool_or(null_frac > 0) as nullable
    from pg_stats where schemaname = nspname and tablename = relname and not inherited
  ) as stats
), estimated as (
  select *, (relpages - ceil(reltuples * row_bytes / ((block - 24) * fill))) * block as bloat from measured
)
select current_database() as datname, nspname as schemaname, relname, bloat, null::int8 as unknown
from estimated where bloat >= 1048576
union all
select current_database(), null, null, null, count(*) filter (where bloat is null and reltuples <> 0) from estimated`;

export const collector = {
  name: 'table_bloat',
  help: 'How much of the largest tables is empty space that vacuum does not give back.',
  scope: 'database',
  metrics: [bloat, ...Object.values(totals)],
  ttlSeconds: 3600,
  timeoutSeconds: 10,
  seriesLimit: 50_000,
  queries: [{ sql: SQL }],
  *samples(rows) {
    yield* columnSamples(
      rows.filter((row) => row['unknown'] === null),
      { bloat },
      LABELS,
    );
    yield* columnSamples(
      rows.filter((row) => row['unknown'] !== null),
      totals,
      ['datname'],
    );
  },
} satisfies PostgresCollector;
