/**
 * Source: pg_stat_checkpointer, before 17 the same columns of pg_stat_bgwriter,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-CHECKPOINTER-VIEW
 * Shape:  one row
 * Units:  checkpoints; buffers; milliseconds under the peer's names; seconds since the epoch
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: never; restartpoints before 17
 */
import { counter } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  num_timed: counter(
    'pg_stat_checkpointer_num_timed_total',
    'Number of scheduled checkpoints due to timeout.',
  ),
  num_requested: counter(
    'pg_stat_checkpointer_num_requested_total',
    'Number of requested checkpoints that have been performed.',
  ),
  restartpoints_timed: counter(
    'pg_stat_checkpointer_restartpoints_timed_total',
    'Number of scheduled restartpoints due to timeout or after a failed attempt to perform it.',
  ),
  restartpoints_req: counter(
    'pg_stat_checkpointer_restartpoints_req_total',
    'Number of requested restartpoints.',
  ),
  restartpoints_done: counter(
    'pg_stat_checkpointer_restartpoints_done_total',
    'Number of restartpoints that have been performed.',
  ),
  write_time: counter(
    'pg_stat_checkpointer_write_time_total',
    'Time spent in checkpoints and restartpoints where files are written to disk, in milliseconds.',
  ),
  sync_time: counter(
    'pg_stat_checkpointer_sync_time_total',
    'Time spent in checkpoints and restartpoints where files are synchronized to disk, in milliseconds.',
  ),
  buffers_written: counter(
    'pg_stat_checkpointer_buffers_written_total',
    'Number of buffers written during checkpoints and restartpoints.',
  ),
  stats_reset: counter(
    'pg_stat_checkpointer_stats_reset_total',
    'Time at which these statistics were last reset.',
  ),
};

export const collector = {
  name: 'stat_checkpointer',
  help: 'Checkpoints under the names that came with PostgreSQL 17, on all versions.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    {
      maxVersion: 170_000,
      sql: `select checkpoints_timed as num_timed, checkpoints_req as num_requested, checkpoint_write_time as write_time,
  checkpoint_sync_time as sync_time, buffers_checkpoint as buffers_written,
  extract(epoch from stats_reset)::float8 as stats_reset
from pg_stat_bgwriter`,
    },
    {
      minVersion: 170_000,
      sql: `select num_timed, num_requested, restartpoints_timed, restartpoints_req, restartpoints_done, write_time,
  sync_time, buffers_written, extract(epoch from stats_reset)::float8 as stats_reset
from pg_stat_checkpointer`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
