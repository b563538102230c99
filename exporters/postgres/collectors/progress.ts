/**
 * Source: pg_stat_progress_create_index, _cluster, _analyze, _basebackup, _copy,
 *         https://www.postgresql.org/docs/current/progress-reporting.html
 * Shape:  one row per running command
 * Units:  share of the work of the current phase, 0 to 1; seconds
 * Needs:  pg_monitor (or pg_read_all_stats) for commands of other users
 * Cost:   one pass over the backends
 * Absent when: no such command runs; PostgreSQL 11 and earlier
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, type Row, textOf } from '../rows.ts';

const running = gauge(
  'pgfleet_postgres_progress_commands',
  'Commands running now that report their progress, by command and phase.',
  ['command', 'datname', 'phase'],
);
const least = gauge(
  'pgfleet_postgres_progress_ratio',
  'Share of the current phase that is done; of several commands in the same phase, the one furthest behind.',
  ['command', 'datname', 'phase'],
);

/** `null` where the total is not known. */
const share = (done: string, total: string) => `case when ${total} > 0 then ${done}::float8 / ${total} end`;

const CREATE_INDEX = `select lower(command) as command, datname, phase, case
  when blocks_total > 0 then ${share('blocks_done', 'blocks_total')}
  when tuples_total > 0 then ${share('tuples_done', 'tuples_total')}
  when lockers_total > 0 then ${share('lockers_done', 'lockers_total')} end as ratio
from pg_stat_progress_create_index`;
const CLUSTER = `select lower(command), datname, phase, ${share('heap_blks_scanned', 'heap_blks_total')}
from pg_stat_progress_cluster`;
const ANALYZE = `select 'analyze', datname, phase, ${share('sample_blks_scanned', 'sample_blks_total')}
from pg_stat_progress_analyze`;
const BASEBACKUP = `select 'base backup', null, phase, ${share('backup_streamed', 'backup_total')}
from pg_stat_progress_basebackup`;
const COPY = `select lower(command), datname, lower(type), ${share('bytes_processed', 'bytes_total')}
from pg_stat_progress_copy`;

const grouped = (...parts: string[]) => `
select command, coalesce(datname, '') as datname, phase, count(*) as commands, min(ratio) as ratio
from (${parts.join('\nunion all ')}) as running group by 1, 2, 3`;

export const collector = {
  name: 'progress',
  help: 'How far index builds, CLUSTER, ANALYZE, base backups and COPY are.',
  metrics: [running, least],
  // Sessions of others are hidden without it, and what is left would pass for the whole.
  needs: { memberOf: 'pg_read_all_stats' },
  scope: 'instance',
  queries: [
    { minVersion: 120_000, sql: grouped(CREATE_INDEX, CLUSTER) },
    { minVersion: 130_000, sql: grouped(CREATE_INDEX, CLUSTER, ANALYZE, BASEBACKUP) },
    { minVersion: 140_000, sql: grouped(CREATE_INDEX, CLUSTER, ANALYZE, BASEBACKUP, COPY) },
  ],
  *samples(rows: readonly Row[]): Generator<Sample> {
    for (const row of rows) {
      const labels = {
        command: textOf(row, 'command'),
        datname: textOf(row, 'datname'),
        phase: textOf(row, 'phase'),
      };
      yield running(labels, numberOf(row, 'commands'));
      yield least(labels, numberOf(row, 'ratio'));
    }
  },
} satisfies PostgresCollector;
