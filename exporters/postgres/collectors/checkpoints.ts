/**
 * Source: pg_stat_bgwriter before 17, pg_stat_checkpointer from 17 on,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-CHECKPOINTER-VIEW
 * Shape:  one row
 * Units:  checkpoints; buffers; milliseconds -> seconds
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: never; restartpoints are counted from 17 on, completed checkpoints from 18 on
 */
import { counter, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, type Row, singleRowSamples } from '../rows.ts';

const checkpoints = counter(
  'pgfleet_postgres_checkpoints_total',
  'Checkpoints started, by what caused them.',
  ['reason'],
);
const restartpoints = counter(
  'pgfleet_postgres_restartpoints_total',
  'Restartpoints of a standby started, by what caused them.',
  ['reason'],
);

const plain = {
  checkpoints_done: counter('pgfleet_postgres_checkpoints_done_total', 'Checkpoints completed.'),
  restartpoints_done: counter('pgfleet_postgres_restartpoints_done_total', 'Restartpoints completed.'),
  write_seconds: counter(
    'pgfleet_postgres_checkpoint_write_seconds_total',
    'Time that checkpoints and restartpoints spent writing files.',
  ),
  sync_seconds: counter(
    'pgfleet_postgres_checkpoint_sync_seconds_total',
    'Time that checkpoints and restartpoints spent making files durable.',
  ),
  buffers_written: counter(
    'pgfleet_postgres_checkpoint_buffers_written_total',
    'Buffers written by checkpoints and restartpoints.',
  ),
  slru_written: counter(
    'pgfleet_postgres_checkpoint_slru_written_total',
    'SLRU buffers written by checkpoints and restartpoints.',
  ),
} as const;

const SQL = `
select checkpoints_timed as timed, checkpoints_req as requested, checkpoint_write_time / 1000 as write_seconds,
  checkpoint_sync_time / 1000 as sync_seconds, buffers_checkpoint as buffers_written
from pg_stat_bgwriter`;

const SQL_17 = `
select num_timed as timed, num_requested as requested, restartpoints_timed, restartpoints_req,
  restartpoints_done, write_time / 1000 as write_seconds, sync_time / 1000 as sync_seconds, buffers_written
from pg_stat_checkpointer`;

const SQL_18 = `
select num_timed as timed, num_requested as requested, num_done as checkpoints_done, restartpoints_timed,
  restartpoints_req, restartpoints_done, write_time / 1000 as write_seconds, sync_time / 1000 as sync_seconds,
  buffers_written, slru_written
from pg_stat_checkpointer`;

export const collector = {
  name: 'checkpoints',
  help: 'How often checkpoints run, why, and what they write, under one name in all versions.',
  metrics: [checkpoints, restartpoints, ...Object.values(plain)],
  scope: 'instance',
  queries: [{ sql: SQL }, { minVersion: 170_000, sql: SQL_17 }, { minVersion: 180_000, sql: SQL_18 }],
  samples: checkpointSamples,
} satisfies PostgresCollector;

function* checkpointSamples(rows: readonly Row[]): Generator<Sample> {
  const [row] = rows;
  if (row === undefined) return;
  yield checkpoints({ reason: 'timed' }, numberOf(row, 'timed'));
  yield checkpoints({ reason: 'requested' }, numberOf(row, 'requested'));
  if ('restartpoints_timed' in row) {
    yield restartpoints({ reason: 'timed' }, numberOf(row, 'restartpoints_timed'));
    yield restartpoints({ reason: 'requested' }, numberOf(row, 'restartpoints_req'));
  }
  yield* singleRowSamples(rows, plain);
}
