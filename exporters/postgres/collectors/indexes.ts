/**
 * Source: pg_stat_all_indexes, pg_statio_all_indexes, pg_index, pg_class,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW
 * Shape:  one row per index among the largest and the most used of a database; one more without schemaname,
 *         indexrelname "other", for the sums of the rest
 * Units:  scans; rows; blocks; bytes (page count of pg_class, so no file and no lock is touched); seconds since the epoch
 * Needs:  nothing   Cost: some statistics of every index of the database, all of those chosen
 * Absent when: the database has no user tables with indexes; last scans before 16
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { Limits, PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';
import { amongFirst, heldBy, USER_TABLES } from '../top-tables.ts';

const LABELS = ['datname', 'schemaname', 'relname', 'indexrelname'] as const;

const metrics = {
  idx_blks_read: counter(
    'pg_statio_user_indexes_idx_blks_read_total',
    'Number of disk blocks read from this index.',
    LABELS,
  ),
  idx_blks_hit: counter(
    'pg_statio_user_indexes_idx_blks_hit_total',
    'Number of buffer hits in this index.',
    LABELS,
  ),
  scans: counter('pgfleet_postgres_index_scans_total', 'Scans of this index.', LABELS),
  tuples_read: counter(
    'pgfleet_postgres_index_entries_read_total',
    'Entries that scans of this index returned.',
    LABELS,
  ),
  tuples_fetched: counter(
    'pgfleet_postgres_index_rows_fetched_total',
    'Live rows that simple scans of this index fetched from the table.',
    LABELS,
  ),
  page_bytes: gauge(
    'pgfleet_postgres_index_page_bytes',
    'Size of the index by its page count as of the last vacuum or analyze.',
    LABELS,
  ),
  last_scan: gauge(
    'pgfleet_postgres_index_last_scan_timestamp_seconds',
    'When the index was last scanned.',
    LABELS,
  ),
};
const indexCount = gauge('pgfleet_postgres_indexes', 'Indexes of user tables in the database.', ['datname']);

const STATS = ['scans', 'tuples_read', 'page_bytes'];

function select(lastScan: string) {
  return ({ indexes }: Limits, before: readonly string[]) => `with indexes as (
  select c.oid, n.nspname, t.relname, c.relname as indexrelname,
    pg_stat_get_numscans(c.oid) as scans, pg_stat_get_tuples_returned(c.oid) as tuples_read,
    c.relpages::int8 * current_setting('block_size')::int8 as page_bytes
  from pg_index i join pg_class c on c.oid = i.indexrelid
  join (
    select pg_class.oid, relname, relnamespace from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where ${USER_TABLES}
  ) t on t.oid = i.indrelid
  join pg_namespace n on n.oid = t.relnamespace
), ranked as (
  select *, ${amongFirst(indexes, STATS, 'oid', heldBy('oid', 'oid', before))} as chosen from indexes
)
select oid as id, current_database() as datname, nspname as schemaname, relname, indexrelname, null::int8 as indexes,
  ${STATS.join(', ')}, pg_stat_get_tuples_fetched(oid) as tuples_fetched, ${lastScan} as last_scan,
  pg_stat_get_blocks_fetched(oid) - pg_stat_get_blocks_hit(oid) as idx_blks_read,
  pg_stat_get_blocks_hit(oid) as idx_blks_hit
from ranked where chosen
union all
select null, current_database(), null, null, 'other', count(*),
  ${STATS.map((column) => `sum(${column}) filter (where not chosen)`).join(', ')}, null, null, null, null
from ranked`;
}

export const collector = {
  name: 'indexes',
  help: 'Use and size of the indexes that matter, and the sum of the rest.',
  scope: 'database',
  metrics: [...Object.values(metrics), indexCount],
  ttlSeconds: 60,
  timeoutSeconds: 10,
  seriesLimit: 100_000,
  remainder: ['scans', 'tuples_read'],
  queries: [
    { sql: (_facts, limits, before) => select('null::float8')(limits, before) },
    {
      minVersion: 160_000,
      sql: (_facts, limits, before) =>
        select('extract(epoch from pg_stat_get_lastscan(oid))::float8')(limits, before),
    },
  ],
  *samples(rows) {
    yield* columnSamples(rows, metrics, LABELS);
    yield* columnSamples(
      rows.filter((row) => row['indexes'] !== null),
      { indexes: indexCount },
      ['datname'],
    );
  },
} satisfies PostgresCollector;
