/**
 * Source: pg_stat_wal (14 and later), from 18 on with pg_stat_io where object is 'wal', and the WAL position,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-VIEW
 * Shape:  one row
 * Units:  records; pages; bytes; milliseconds -> seconds
 * Needs:  nothing; times stay 0 without track_wal_io_timing
 * Cost:   reads shared memory
 * Absent when: PostgreSQL 13 and earlier know the position only
 */
import { counter } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  position: counter(
    'pgfleet_postgres_wal_position_bytes_total',
    'WAL position in bytes: written on a primary, replayed on a standby.',
  ),
  records: counter('pgfleet_postgres_wal_records_total', 'WAL records generated.'),
  fpi: counter('pgfleet_postgres_wal_full_page_images_total', 'Full page images generated.'),
  bytes: counter('pgfleet_postgres_wal_bytes_total', 'Bytes of WAL generated.'),
  buffers_full: counter(
    'pgfleet_postgres_wal_buffers_full_total',
    'Times WAL was written because its buffers were full.',
  ),
  writes: counter('pgfleet_postgres_wal_writes_total', 'Times WAL buffers were written to disk.'),
  syncs: counter('pgfleet_postgres_wal_syncs_total', 'Times WAL files were made durable.'),
  write_seconds: counter(
    'pgfleet_postgres_wal_write_seconds_total',
    'Time spent writing WAL buffers to disk.',
  ),
  sync_seconds: counter('pgfleet_postgres_wal_sync_seconds_total', 'Time spent making WAL files durable.'),
} as const;

const position = (replay: string, current: string, diff: string) =>
  `${diff}(case when pg_is_in_recovery() then ${replay}() else ${current}() end, '0/0')::float8 as position`;

const SQL_9 = `select ${position('pg_last_xlog_replay_location', 'pg_current_xlog_location', 'pg_xlog_location_diff')}`;
const POSITION = position('pg_last_wal_replay_lsn', 'pg_current_wal_lsn', 'pg_wal_lsn_diff');

const SQL_14 = `
select ${POSITION}, wal_records as records, wal_fpi as fpi, wal_bytes as bytes, wal_buffers_full as buffers_full,
  wal_write as writes, wal_sync as syncs, wal_write_time / 1000 as write_seconds,
  wal_sync_time / 1000 as sync_seconds
from pg_stat_wal`;

const SQL_18 = `
select ${POSITION}, wal_records as records, wal_fpi as fpi, wal_bytes as bytes, wal_buffers_full as buffers_full,
  io.writes, io.syncs, io.write_seconds, io.sync_seconds
from pg_stat_wal, (
  select sum(writes) as writes, sum(fsyncs) as syncs, sum(write_time) / 1000 as write_seconds,
    sum(fsync_time) / 1000 as sync_seconds
  from pg_stat_io where object = 'wal' and context = 'normal'
) as io`;

export const collector = {
  name: 'wal_activity',
  help: 'How much WAL the server generates and how long writing it takes, under one name in all versions.',
  metrics: Object.values(metrics),
  scope: 'instance',
  queries: [
    { maxVersion: 100_000, sql: SQL_9 },
    { minVersion: 100_000, sql: `select ${POSITION}` },
    { minVersion: 140_000, sql: SQL_14 },
    { minVersion: 180_000, sql: SQL_18 },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
