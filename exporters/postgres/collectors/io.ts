/**
 * Source: pg_stat_io, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-IO-VIEW
 * Shape:  one row per kind of backend, object and context in which such I/O happened
 * Units:  operations; bytes (16 and 17 give operations of op_bytes each); milliseconds -> seconds
 * Needs:  nothing; times stay 0 without track_io_timing (track_wal_io_timing for object="wal")
 * Cost:   reads shared memory
 * Absent when: PostgreSQL 15 and earlier
 */
import { counter } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['backend_type', 'object', 'context'] as const;

const metrics = {
  reads: counter('pgfleet_postgres_io_reads_total', 'Read operations.', LABELS),
  read_bytes: counter('pgfleet_postgres_io_read_bytes_total', 'Bytes read.', LABELS),
  read_seconds: counter('pgfleet_postgres_io_read_seconds_total', 'Time spent reading.', LABELS),
  writes: counter('pgfleet_postgres_io_writes_total', 'Write operations.', LABELS),
  write_bytes: counter('pgfleet_postgres_io_write_bytes_total', 'Bytes written.', LABELS),
  write_seconds: counter('pgfleet_postgres_io_write_seconds_total', 'Time spent writing.', LABELS),
  writebacks: counter(
    'pgfleet_postgres_io_writebacks_total',
    'Blocks the kernel was asked to write to storage.',
    LABELS,
  ),
  writeback_seconds: counter(
    'pgfleet_postgres_io_writeback_seconds_total',
    'Time spent asking the kernel to write to storage.',
    LABELS,
  ),
  extends: counter('pgfleet_postgres_io_extends_total', 'Relation extend operations.', LABELS),
  extend_bytes: counter('pgfleet_postgres_io_extend_bytes_total', 'Bytes by which relations grew.', LABELS),
  extend_seconds: counter(
    'pgfleet_postgres_io_extend_seconds_total',
    'Time spent extending relations.',
    LABELS,
  ),
  hits: counter('pgfleet_postgres_io_hits_total', 'Blocks found in a shared or local buffer.', LABELS),
  evictions: counter(
    'pgfleet_postgres_io_evictions_total',
    'Blocks written out or dropped to make a buffer free.',
    LABELS,
  ),
  reuses: counter('pgfleet_postgres_io_reuses_total', 'Buffers reused within a ring buffer.', LABELS),
  fsyncs: counter('pgfleet_postgres_io_fsyncs_total', 'Calls of fsync.', LABELS),
  fsync_seconds: counter('pgfleet_postgres_io_fsync_seconds_total', 'Time spent in fsync.', LABELS),
} as const;

const TIMES = `
  read_time / 1000 as read_seconds, write_time / 1000 as write_seconds,
  writeback_time / 1000 as writeback_seconds, extend_time / 1000 as extend_seconds,
  fsync_time / 1000 as fsync_seconds`;

/** Most combinations never do any I/O; each would cost sixteen series. */
const ACTIVE = `
where coalesce(reads, 0) + coalesce(writes, 0) + coalesce(extends, 0) + coalesce(hits, 0) + coalesce(fsyncs, 0)
  + coalesce(writebacks, 0) > 0`;

const SQL_16 = `
select backend_type, object, context, reads, reads * op_bytes as read_bytes, writes,
  writes * op_bytes as write_bytes, writebacks, extends, extends * op_bytes as extend_bytes, hits, evictions,
  reuses, fsyncs, ${TIMES}
from pg_stat_io ${ACTIVE}`;

const SQL_18 = `
select backend_type, object, context, reads, read_bytes, writes, write_bytes, writebacks, extends, extend_bytes,
  hits, evictions, reuses, fsyncs, ${TIMES}
from pg_stat_io ${ACTIVE}`;

export const collector = {
  name: 'io',
  help: 'Which kind of backend reads and writes how much, and how long it waits for it.',
  metrics: Object.values(metrics),
  scope: 'instance',
  queries: [
    { minVersion: 160_000, sql: SQL_16 },
    { minVersion: 180_000, sql: SQL_18 },
  ],
  samples: (rows) => columnSamples(rows, metrics, LABELS),
} satisfies PostgresCollector;
