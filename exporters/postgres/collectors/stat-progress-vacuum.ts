/**
 * Source: pg_stat_progress_vacuum,
 *         https://www.postgresql.org/docs/current/progress-reporting.html#VACUUM-PROGRESS-REPORTING
 * Shape:  one row per running vacuum
 * Units:  blocks; passes; dead rows; bytes from 17 on
 * Needs:  pg_monitor (or pg_read_all_stats) for the vacuum of others   Cost: one pass over the backends
 * Absent when: no vacuum runs; tables of other databases are named by their oid
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples, textOf } from '../rows.ts';

const LABELS = ['datname', 'relname'] as const;
const phase = gauge(
  'pg_stat_progress_vacuum_phase',
  'Current vacuum phase (1 = active, 0 = inactive). Label phase is human-readable.',
  ['datname', 'relname', 'phase'],
);
const metrics = {
  heap_blks_total: gauge(
    'pg_stat_progress_vacuum_heap_blks',
    'Total number of heap blocks in the table being vacuumed.',
    LABELS,
  ),
  heap_blks_scanned: gauge(
    'pg_stat_progress_vacuum_heap_blks_scanned',
    'Number of heap blocks scanned so far.',
    LABELS,
  ),
  heap_blks_vacuumed: gauge(
    'pg_stat_progress_vacuum_heap_blks_vacuumed',
    'Number of heap blocks vacuumed so far.',
    LABELS,
  ),
  index_vacuum_count: gauge(
    'pg_stat_progress_vacuum_index_vacuums',
    'Number of completed index vacuum cycles.',
    LABELS,
  ),
  max_dead_tuples: gauge(
    'pg_stat_progress_vacuum_max_dead_tuples',
    'Maximum number of dead tuples that can be stored before cleanup is performed.',
    LABELS,
  ),
  num_dead_tuples: gauge(
    'pg_stat_progress_vacuum_num_dead_tuples',
    'Current number of dead tuples found so far.',
    LABELS,
  ),
  max_dead_bytes: gauge(
    'pgfleet_postgres_vacuum_max_dead_tuple_bytes',
    'Memory for dead rows after which vacuum has to clean the indexes.',
    LABELS,
  ),
  dead_bytes: gauge(
    'pgfleet_postgres_vacuum_dead_tuple_bytes',
    'Memory that dead rows found so far take in vacuum.',
    LABELS,
  ),
};

/** https://www.postgresql.org/docs/current/progress-reporting.html#VACUUM-PHASES */
const PHASES = [
  'initializing',
  'scanning heap',
  'vacuuming indexes',
  'vacuuming heap',
  'cleaning up indexes',
  'truncating heap',
  'performing final cleanup',
];

export const collector = {
  name: 'stat_progress_vacuum',
  help: 'How far each running vacuum is.',
  scope: 'instance',
  metrics: [phase, ...Object.values(metrics)],
  // Sessions of others are hidden without it, and what is left would pass for the whole.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    { maxVersion: 170_000, sql: select('max_dead_tuples, num_dead_tuples') },
    {
      minVersion: 170_000,
      sql: select(
        'num_dead_item_ids as num_dead_tuples, max_dead_tuple_bytes as max_dead_bytes, dead_tuple_bytes as dead_bytes',
      ),
    },
  ],
  *samples(rows) {
    yield* columnSamples(rows, metrics, LABELS);
    for (const row of rows) {
      const [datname, relname, current] = ['datname', 'relname', 'phase'].map((column) =>
        textOf(row, column),
      );
      for (const name of PHASES) {
        yield phase(
          { datname: datname ?? '', relname: relname ?? '', phase: name },
          name === current ? 1 : 0,
        );
      }
    }
  },
} satisfies PostgresCollector;

/**
 * A name can be looked up in the connected database only. As the peer sees it, with the usual search_path:
 * tables of public go without schema.
 */
function select(deadRows: string): string {
  return `select datname, coalesce((
    select case when c.relnamespace = to_regnamespace('public') then quote_ident(c.relname) else c.oid::regclass::text end
    from pg_class c where c.oid = relid and datname = current_database()
  ), relid::text) as relname,
  phase, heap_blks_total, heap_blks_scanned, heap_blks_vacuumed, index_vacuum_count, ${deadRows}
from pg_stat_progress_vacuum`;
}
