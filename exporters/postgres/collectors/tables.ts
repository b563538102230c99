/**
 * Source: pg_stat_all_tables, pg_statio_all_tables, pg_class,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW
 * Shape:  one row per table among the largest, most read, most written and least frozen ones of a database;
 *         one more without schemaname, relname "other", for the sums of the rest
 * Units:  scans; rows; blocks; bytes (page count of pg_class, so no file and no lock is touched); seconds since the
 *         epoch; milliseconds -> seconds; transaction ids; dead rows as share of the table's own vacuum threshold
 * Needs:  nothing   Cost: some statistics of every table of the database, all of those chosen
 * Absent when: the database has no user tables; times that never were; last scans before 16, vacuum times before 18
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { Limits, PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';
import { amongFirst, heldBy, USER_TABLES } from '../top-tables.ts';

const LABELS = ['datname', 'schemaname', 'relname'] as const;
const count = (name: string, help: string) => counter(name, help, LABELS);
const level = (name: string, help: string) => gauge(name, help, LABELS);

/** Metrics by column of the result. */
const metrics = {
  seq_scan: count('pg_stat_user_tables_seq_scan', 'Number of sequential scans initiated on this table.'),
  seq_tup_read: count('pg_stat_user_tables_seq_tup_read', 'Number of live rows fetched by sequential scans.'),
  idx_scan: count('pg_stat_user_tables_idx_scan', 'Number of index scans initiated on this table.'),
  idx_tup_fetch: count('pg_stat_user_tables_idx_tup_fetch', 'Number of live rows fetched by index scans.'),
  n_tup_ins: count('pg_stat_user_tables_n_tup_ins', 'Number of rows inserted.'),
  n_tup_upd: count('pg_stat_user_tables_n_tup_upd', 'Number of rows updated.'),
  n_tup_del: count('pg_stat_user_tables_n_tup_del', 'Number of rows deleted.'),
  n_tup_hot_upd: count(
    'pg_stat_user_tables_n_tup_hot_upd',
    'Number of rows HOT updated, with no separate index update required.',
  ),
  n_live_tup: level('pg_stat_user_tables_n_live_tup', 'Estimated number of live rows.'),
  n_dead_tup: level('pg_stat_user_tables_n_dead_tup', 'Estimated number of dead rows.'),
  n_mod_since_analyze: level(
    'pg_stat_user_tables_n_mod_since_analyze',
    'Estimated number of rows changed since last analyze.',
  ),
  last_vacuum: level('pg_stat_user_tables_last_vacuum', 'Last time this table was vacuumed by hand.'),
  last_autovacuum: level(
    'pg_stat_user_tables_last_autovacuum',
    'Last time this table was vacuumed by the autovacuum daemon.',
  ),
  last_analyze: level('pg_stat_user_tables_last_analyze', 'Last time this table was analyzed by hand.'),
  last_autoanalyze: level(
    'pg_stat_user_tables_last_autoanalyze',
    'Last time this table was analyzed by the autovacuum daemon.',
  ),
  vacuum_count: count('pg_stat_user_tables_vacuum_count', 'Number of times it was vacuumed by hand.'),
  autovacuum_count: count(
    'pg_stat_user_tables_autovacuum_count',
    'Number of times it was vacuumed by the autovacuum daemon.',
  ),
  analyze_count: count('pg_stat_user_tables_analyze_count', 'Number of times it was analyzed by hand.'),
  autoanalyze_count: count(
    'pg_stat_user_tables_autoanalyze_count',
    'Number of times it was analyzed by the autovacuum daemon.',
  ),
  heap_blks_read: count(
    'pg_statio_user_tables_heap_blocks_read',
    'Number of disk blocks read from this table.',
  ),
  heap_blks_hit: count('pg_statio_user_tables_heap_blocks_hit', 'Number of buffer hits in this table.'),
  idx_blks_read: count(
    'pg_statio_user_tables_idx_blocks_read',
    'Number of disk blocks read from all indexes on this table.',
  ),
  idx_blks_hit: count(
    'pg_statio_user_tables_idx_blocks_hit',
    'Number of buffer hits in all indexes on this table.',
  ),
  toast_blks_read: count(
    'pg_statio_user_tables_toast_blocks_read',
    'Number of disk blocks read from the TOAST table of this table.',
  ),
  toast_blks_hit: count(
    'pg_statio_user_tables_toast_blocks_hit',
    'Number of buffer hits in the TOAST table of this table.',
  ),
  tidx_blks_read: count(
    'pg_statio_user_tables_tidx_blocks_read',
    'Number of disk blocks read from the TOAST indexes of this table.',
  ),
  tidx_blks_hit: count(
    'pg_statio_user_tables_tidx_blocks_hit',
    'Number of buffer hits in the TOAST indexes of this table.',
  ),
  page_bytes: level(
    'pgfleet_postgres_table_page_bytes',
    'Size of the table without indexes and TOAST, by its page count as of the last vacuum or analyze.',
  ),
  rows_estimate: level(
    'pgfleet_postgres_table_rows',
    'Estimated number of rows as of the last vacuum or analyze, which the planner uses.',
  ),
  xid_age: level(
    'pgfleet_postgres_table_xid_age',
    'Transactions since the oldest one in this table (or its TOAST table) that is not frozen.',
  ),
  mxid_age: level(
    'pgfleet_postgres_table_multixact_age',
    'Multixacts since the oldest one in this table (or its TOAST table) that is not frozen.',
  ),
  vacuum_ratio: level(
    'pgfleet_postgres_table_vacuum_threshold_ratio',
    "Dead rows as share of this table's own autovacuum threshold; above 1 it is due.",
  ),
  insert_ratio: level(
    'pgfleet_postgres_table_insert_vacuum_threshold_ratio',
    "Rows inserted since the last vacuum as share of this table's own autovacuum threshold for inserts.",
  ),
  analyze_ratio: level(
    'pgfleet_postgres_table_analyze_threshold_ratio',
    "Rows changed since the last analyze as share of this table's own autoanalyze threshold.",
  ),
  last_seq_scan: level(
    'pgfleet_postgres_table_last_seq_scan_timestamp_seconds',
    'When the table was last scanned sequentially.',
  ),
  last_idx_scan: level(
    'pgfleet_postgres_table_last_index_scan_timestamp_seconds',
    'When an index of the table was last scanned.',
  ),
  n_ins_since_vacuum: level(
    'pgfleet_postgres_table_rows_inserted_since_vacuum',
    'Estimated number of rows inserted since the table was last vacuumed.',
  ),
  n_tup_newpage_upd: count(
    'pgfleet_postgres_table_rows_updated_to_new_page_total',
    'Rows updated whose new version went to another page.',
  ),
  vacuum_seconds: count('pgfleet_postgres_table_vacuum_seconds_total', 'Time spent on vacuum by hand.'),
  autovacuum_seconds: count('pgfleet_postgres_table_autovacuum_seconds_total', 'Time spent on autovacuum.'),
  analyze_seconds: count('pgfleet_postgres_table_analyze_seconds_total', 'Time spent on analyze by hand.'),
  autoanalyze_seconds: count(
    'pgfleet_postgres_table_autoanalyze_seconds_total',
    'Time the autovacuum daemon spent on analyze.',
  ),
};

const tableCount = gauge('pgfleet_postgres_tables', 'Tables of users in the database.', ['datname']);
const withoutAutovacuum = gauge(
  'pgfleet_postgres_tables_without_autovacuum',
  'Tables for which somebody switched autovacuum off.',
  ['datname'],
);
const overdue = gauge(
  'pgfleet_postgres_tables_over_vacuum_threshold',
  'Tables with more dead rows than their own autovacuum threshold.',
  ['datname'],
);

/** Of these the rest has a sum; all are cheap to ask of every table. */
const SUMMED = {
  seq_scan: 'pg_stat_get_numscans(c.oid)',
  seq_tup_read: 'pg_stat_get_tuples_returned(c.oid)',
  n_tup_ins: 'pg_stat_get_tuples_inserted(c.oid)',
  n_tup_upd: 'pg_stat_get_tuples_updated(c.oid)',
  n_tup_del: 'pg_stat_get_tuples_deleted(c.oid)',
  n_live_tup: 'pg_stat_get_live_tuples(c.oid)',
  n_dead_tup: 'pg_stat_get_dead_tuples(c.oid)',
  page_bytes: "relpages::int8 * current_setting('block_size')::int8",
} as const;

/** Asked of the chosen tables only. */
const STAT = [
  ...['idx_scan', 'idx_tup_fetch', 'n_tup_hot_upd', 'n_mod_since_analyze'],
  ...['vacuum_count', 'autovacuum_count', 'analyze_count', 'autoanalyze_count'],
];
const TIMES = ['last_vacuum', 'last_autovacuum', 'last_analyze', 'last_autoanalyze'];
const IO = [
  ...['heap_blks_read', 'heap_blks_hit', 'idx_blks_read', 'idx_blks_hit'],
  ...['toast_blks_read', 'toast_blks_hit', 'tidx_blks_read', 'tidx_blks_hit'],
];
const DURATIONS = ['vacuum', 'autovacuum', 'analyze', 'autoanalyze'];

/** A number that autovacuum goes by: the table's own option before the setting. */
const option = (name: string) =>
  `coalesce((select option_value from pg_options_to_table(reloptions) where option_name = '${name}'),
      current_setting('${name}'))::float8`;
/** The number of rows at which autovacuum does such work. */
const threshold = (work: string) =>
  `${option(`autovacuum_${work}_threshold`)} + ${option(`autovacuum_${work}_scale_factor`)} * greatest(reltuples, 0)`;

const columns_9 = [
  ...STAT.map((column) => [column, `s.${column}`] as const),
  ...TIMES.map((column) => [column, `extract(epoch from s.${column})::float8`] as const),
  ...IO.map((column) => [column, `io.${column}`] as const),
  ['rows_estimate', 'case when t.reltuples >= 0 then t.reltuples::float8 end'],
  ['xid_age', "greatest(age(nullif(t.relfrozenxid, '0'::xid)), toast.xid_age)"],
  ['mxid_age', "greatest(mxid_age(nullif(t.relminmxid, '0'::xid)), toast.mxid_age)"],
  ['vacuum_ratio', 't.vacuum_ratio'],
  ['analyze_ratio', `s.n_mod_since_analyze / nullif(${threshold('analyze')}, 0)`],
] as const;
/** A threshold of -1 means that inserts alone bring no vacuum. */
const insertRatio = `case when ${option('autovacuum_vacuum_insert_threshold')} >= 0
    then s.n_ins_since_vacuum / nullif(${threshold('vacuum_insert')}, 0) end`;
const columns_13 = [
  ...columns_9,
  ['n_ins_since_vacuum', 's.n_ins_since_vacuum'],
  ['insert_ratio', insertRatio],
] as const;
const columns_16 = [
  ...columns_13,
  ['last_seq_scan', 'extract(epoch from s.last_seq_scan)::float8'],
  ['last_idx_scan', 'extract(epoch from s.last_idx_scan)::float8'],
  ['n_tup_newpage_upd', 's.n_tup_newpage_upd'],
] as const;
const columns_18 = [
  ...columns_16,
  ...DURATIONS.map((work) => [`${work}_seconds`, `s.total_${work}_time / 1000`] as const),
] as const;

const vacuumRatio = `n_dead_tup / nullif(${threshold('vacuum')}, 0)`;
const vacuumRatio_18 = `n_dead_tup / nullif(least(
      nullif(${option('autovacuum_vacuum_max_threshold')}, -1), ${threshold('vacuum')}), 0)`;

const MEASURES = [
  'relpages',
  'seq_tup_read + n_live_tup',
  'n_tup_ins + n_tup_upd + n_tup_del',
  // Partitioned tables have nothing to freeze: their 0 would count as the oldest of all.
  "greatest(age(nullif(relfrozenxid, '0'::xid)), mxid_age(nullif(relminmxid, '0'::xid)))",
];

function select(columns: readonly (readonly [string, string])[], ratio = vacuumRatio) {
  const summed = Object.entries(SUMMED);
  return ({ tables }: Limits, before: readonly string[]) => `with tables as (
  select c.oid, nspname, relname, relpages, reltuples, relfrozenxid, relminmxid, reltoastrelid, reloptions,
    ${summed.map(([column, sql]) => `${sql} as ${column}`).join(',\n    ')}
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where ${USER_TABLES}
), rated as (
  select *, ${ratio} as vacuum_ratio from tables
), ranked as (
  select *, ${amongFirst(tables, MEASURES, 'oid', heldBy('oid', 'oid', before))} as chosen from rated
)
select t.oid as id, current_database() as datname, t.nspname as schemaname, t.relname, null::int8 as tables, null::int8 as overdue,
  null::int8 as without_autovacuum,
  ${Object.keys(SUMMED)
    .map((column) => `t.${column}`)
    .join(', ')},
  ${columns.map(([column, sql]) => `${sql} as ${column}`).join(',\n  ')}
from ranked t
join lateral (select * from pg_stat_all_tables where relid = t.oid offset 0) s on true
left join lateral (select * from pg_statio_all_tables where relid = t.oid offset 0) io on true
left join lateral (
  select age(relfrozenxid) as xid_age, mxid_age(relminmxid) as mxid_age from pg_class where oid = t.reltoastrelid
) toast on true
where chosen
union all
select null, current_database(), null, 'other', count(*), count(*) filter (where vacuum_ratio > 1),
  count(*) filter (where 'autovacuum_enabled=false' = any (reloptions) or 'autovacuum_enabled=off' = any (reloptions)),
  ${Object.keys(SUMMED)
    .map((column) => `sum(${column}) filter (where not chosen)`)
    .join(', ')},
  ${columns.map(() => 'null').join(', ')}
from ranked`;
}

export const collector = {
  name: 'tables',
  help: 'Reads, writes, vacuum, freezing and size of the tables that matter, and the sum of the rest.',
  scope: 'database',
  metrics: [...Object.values(metrics), tableCount, overdue, withoutAutovacuum],
  ttlSeconds: 60,
  timeoutSeconds: 10,
  seriesLimit: 200_000,
  remainder: ['seq_scan', 'seq_tup_read', 'n_tup_ins', 'n_tup_upd', 'n_tup_del'],
  queries: [
    { sql: (_facts, limits, before) => select(columns_9)(limits, before) },
    { minVersion: 130_000, sql: (_facts, limits, before) => select(columns_13)(limits, before) },
    { minVersion: 160_000, sql: (_facts, limits, before) => select(columns_16)(limits, before) },
    {
      minVersion: 180_000,
      sql: (_facts, limits, before) => select(columns_18, vacuumRatio_18)(limits, before),
    },
  ],
  *samples(rows) {
    yield* columnSamples(rows, metrics, LABELS);
    yield* columnSamples(
      rows.filter((row) => row['tables'] !== null),
      { tables: tableCount, overdue, without_autovacuum: withoutAutovacuum },
      ['datname'],
    );
  },
} satisfies PostgresCollector;
