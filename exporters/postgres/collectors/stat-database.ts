/**
 * Source: pg_stat_database, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
 * Shape:  one row per database; from 12 one more with datid 0 for shared objects, of which only the checksums count
 * Units:  blk_*_time in milliseconds under the peer's names; session times milliseconds -> seconds
 * Needs:  nothing   Cost: reads the shared statistics once
 * Absent when: never; checksum failures before 12 or with checksums off, session times before 14, parallel workers before 18
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['datid', 'datname'] as const;
const DATABASE = ['datname'] as const;

const peer = {
  numbackends: gauge(
    'pg_stat_database_numbackends',
    'Number of backends currently connected to this database.',
    LABELS,
  ),
  xact_commit: counter(
    'pg_stat_database_xact_commit',
    'Number of transactions in this database that have been committed.',
    LABELS,
  ),
  xact_rollback: counter(
    'pg_stat_database_xact_rollback',
    'Number of transactions in this database that have been rolled back.',
    LABELS,
  ),
  blks_read: counter('pg_stat_database_blks_read', 'Number of disk blocks read in this database.', LABELS),
  blks_hit: counter(
    'pg_stat_database_blks_hit',
    'Number of times disk blocks were found already in the buffer cache.',
    LABELS,
  ),
  tup_returned: counter('pg_stat_database_tup_returned', 'Number of rows returned by queries.', LABELS),
  tup_fetched: counter('pg_stat_database_tup_fetched', 'Number of rows fetched by queries.', LABELS),
  tup_inserted: counter('pg_stat_database_tup_inserted', 'Number of rows inserted by queries.', LABELS),
  tup_updated: counter('pg_stat_database_tup_updated', 'Number of rows updated by queries.', LABELS),
  tup_deleted: counter('pg_stat_database_tup_deleted', 'Number of rows deleted by queries.', LABELS),
  conflicts: counter(
    'pg_stat_database_conflicts',
    'Number of queries canceled due to conflicts with recovery in this database.',
    LABELS,
  ),
  temp_files: counter(
    'pg_stat_database_temp_files',
    'Number of temporary files created by queries in this database.',
    LABELS,
  ),
  temp_bytes: counter(
    'pg_stat_database_temp_bytes',
    'Total amount of data written to temporary files by queries in this database.',
    LABELS,
  ),
  deadlocks: counter('pg_stat_database_deadlocks', 'Number of deadlocks detected in this database.', LABELS),
  blk_read_time: counter(
    'pg_stat_database_blk_read_time',
    'Time spent reading data file blocks by backends in this database, in milliseconds.',
    LABELS,
  ),
  blk_write_time: counter(
    'pg_stat_database_blk_write_time',
    'Time spent writing data file blocks by backends in this database, in milliseconds.',
    LABELS,
  ),
  stats_reset: counter(
    'pg_stat_database_stats_reset',
    'Time at which these statistics were last reset.',
    LABELS,
  ),
  active_seconds: counter(
    'pg_stat_database_active_time_seconds_total',
    'Time spent executing SQL statements in this database, in seconds.',
    LABELS,
  ),
};

const own = {
  checksum_failures: counter(
    'pgfleet_postgres_database_checksum_failures_total',
    'Data page checksum failures found in this database; without datname those in shared objects.',
    DATABASE,
  ),
  checksum_last_failure: gauge(
    'pgfleet_postgres_database_checksum_last_failure_timestamp_seconds',
    'When the last data page checksum failure was found.',
    DATABASE,
  ),
  session_seconds: counter(
    'pgfleet_postgres_database_session_seconds_total',
    'Time that sessions were connected to this database.',
    DATABASE,
  ),
  idle_in_transaction_seconds: counter(
    'pgfleet_postgres_database_idle_in_transaction_seconds_total',
    'Time that sessions of this database were idle in a transaction.',
    DATABASE,
  ),
  sessions: counter(
    'pgfleet_postgres_database_sessions_total',
    'Sessions established to this database.',
    DATABASE,
  ),
  sessions_abandoned: counter(
    'pgfleet_postgres_database_sessions_abandoned_total',
    'Sessions to this database that ended because the client was lost.',
    DATABASE,
  ),
  sessions_fatal: counter(
    'pgfleet_postgres_database_sessions_fatal_total',
    'Sessions to this database that ended by a fatal error.',
    DATABASE,
  ),
  sessions_killed: counter(
    'pgfleet_postgres_database_sessions_killed_total',
    'Sessions to this database that an operator ended.',
    DATABASE,
  ),
  parallel_workers_planned: counter(
    'pgfleet_postgres_database_parallel_workers_planned_total',
    'Parallel workers that queries on this database planned to launch.',
    DATABASE,
  ),
  parallel_workers_launched: counter(
    'pgfleet_postgres_database_parallel_workers_launched_total',
    'Parallel workers that queries on this database launched.',
    DATABASE,
  ),
};

const COLUMNS = `datid::text as datid, datname, numbackends, xact_commit, xact_rollback, blks_read, blks_hit,
  tup_returned, tup_fetched, tup_inserted, tup_updated, tup_deleted, conflicts, temp_files, temp_bytes, deadlocks,
  blk_read_time, blk_write_time, extract(epoch from stats_reset)::float8 as stats_reset`;
const CHECKSUMS = `checksum_failures,
  extract(epoch from checksum_last_failure)::float8 as checksum_last_failure`;
const SESSIONS = `session_time / 1000 as session_seconds, active_time / 1000 as active_seconds,
  idle_in_transaction_time / 1000 as idle_in_transaction_seconds,
  sessions, sessions_abandoned, sessions_fatal, sessions_killed`;
const PARALLEL = 'parallel_workers_to_launch as parallel_workers_planned, parallel_workers_launched';

export const collector = {
  name: 'stat_database',
  help: 'Throughput, cache, temporary files, deadlocks, sessions and checksum failures per database.',
  scope: 'instance',
  metrics: [...Object.values(peer), ...Object.values(own)],
  // Some thirty per database, of which there may be thousands.
  seriesLimit: 200_000,
  queries: [
    { sql: select(COLUMNS) },
    { minVersion: 120_000, sql: select(COLUMNS, CHECKSUMS) },
    { minVersion: 140_000, sql: select(COLUMNS, CHECKSUMS, SESSIONS) },
    { minVersion: 180_000, sql: select(COLUMNS, CHECKSUMS, SESSIONS, PARALLEL) },
  ],
  *samples(rows) {
    const databases = rows.filter((row) => row['datname'] !== null);
    yield* columnSamples(databases, peer, LABELS);
    yield* columnSamples(databases, own, DATABASE);
    const shared = rows.filter((row) => row['datname'] === null);
    const { checksum_failures, checksum_last_failure } = own;
    yield* columnSamples(shared, { checksum_failures, checksum_last_failure }, DATABASE);
  },
} satisfies PostgresCollector;

function select(...columns: string[]): string {
  return `select ${columns.join(',\n  ')}\nfrom pg_stat_database`;
}
