/**
 * Source: pg_stat_bgwriter and, from 17 on, pg_stat_checkpointer and pg_stat_io under the same names,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-BGWRITER-VIEW
 * Shape:  one row
 * Units:  checkpoints; buffers; milliseconds under the peer's names; seconds since the epoch
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: never
 */
import { counter } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

/** The peer has the families of checkpoints and backends before 17 only: here a dashboard survives the upgrade. */
const metrics = {
  checkpoints_timed: counter(
    'pg_stat_bgwriter_checkpoints_timed_total',
    'Number of scheduled checkpoints that have been performed.',
  ),
  checkpoints_req: counter(
    'pg_stat_bgwriter_checkpoints_req_total',
    'Number of requested checkpoints that have been performed.',
  ),
  write_time: counter(
    'pg_stat_bgwriter_checkpoint_write_time_total',
    'Time spent in checkpoints where files are written to disk, in milliseconds.',
  ),
  sync_time: counter(
    'pg_stat_bgwriter_checkpoint_sync_time_total',
    'Time spent in checkpoints where files are synchronized to disk, in milliseconds.',
  ),
  buffers_checkpoint: counter(
    'pg_stat_bgwriter_buffers_checkpoint_total',
    'Number of buffers written during checkpoints.',
  ),
  buffers_clean: counter(
    'pg_stat_bgwriter_buffers_clean_total',
    'Number of buffers written by the background writer.',
  ),
  maxwritten_clean: counter(
    'pg_stat_bgwriter_maxwritten_clean_total',
    'Number of times the background writer stopped a cleaning scan because it had written too many buffers.',
  ),
  buffers_backend: counter(
    'pg_stat_bgwriter_buffers_backend_total',
    'Number of buffers written directly by a backend.',
  ),
  buffers_backend_fsync: counter(
    'pg_stat_bgwriter_buffers_backend_fsync_total',
    'Number of times a backend had to execute its own fsync call.',
  ),
  buffers_alloc: counter('pg_stat_bgwriter_buffers_alloc_total', 'Number of buffers allocated.'),
  stats_reset: counter(
    'pg_stat_bgwriter_stats_reset_total',
    'Time at which these statistics were last reset.',
  ),
};

const COMMON = `buffers_clean, maxwritten_clean, buffers_alloc,
  extract(epoch from b.stats_reset)::float8 as stats_reset`;

export const collector = {
  name: 'stat_bgwriter',
  help: 'Checkpoints and the background writer, under the names of the peers.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    {
      maxVersion: 170_000,
      sql: `select ${COMMON}, checkpoints_timed, checkpoints_req, checkpoint_write_time as write_time,
  checkpoint_sync_time as sync_time, buffers_checkpoint, buffers_backend, buffers_backend_fsync
from pg_stat_bgwriter b`,
    },
    { minVersion: 170_000, sql: select17('coalesce(writes, 0) + coalesce(extends, 0)') },
    {
      minVersion: 180_000,
      sql: select17(
        "(coalesce(write_bytes, 0) + coalesce(extend_bytes, 0)) / current_setting('block_size')::numeric",
      ),
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;

/** What backends wrote themselves is counted by pg_stat_io since, which counts operations of many blocks from 18 on. */
function select17(blocks: string): string {
  return `select ${COMMON}, num_timed as checkpoints_timed, num_requested as checkpoints_req, write_time, sync_time,
  buffers_written as buffers_checkpoint, buffers_backend, buffers_backend_fsync
from pg_stat_bgwriter b, pg_stat_checkpointer c, (
  select sum(${blocks}) filter (where backend_type <> 'background writer') as buffers_backend,
    sum(coalesce(fsyncs, 0)) as buffers_backend_fsync
  from pg_stat_io where object = 'relation' and backend_type <> 'checkpointer'
) as io`;
}
