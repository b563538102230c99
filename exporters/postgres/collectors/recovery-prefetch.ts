/**
 * Source: pg_stat_recovery_prefetch,
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-RECOVERY-PREFETCH
 * Shape:  one row
 * Units:  blocks; bytes
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: the server is a primary; PostgreSQL 14 and earlier
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  prefetch: counter(
    'pgfleet_postgres_recovery_prefetch_blocks_total',
    'Blocks prefetched for replay because they were not in the buffer pool.',
  ),
  hit: counter(
    'pgfleet_postgres_recovery_prefetch_hits_total',
    'Blocks not prefetched because they were in the buffer pool already.',
  ),
  distance: gauge(
    'pgfleet_postgres_recovery_prefetch_wal_distance_bytes',
    'How far ahead the prefetcher looks.',
  ),
  blocks: gauge(
    'pgfleet_postgres_recovery_prefetch_block_distance',
    'How many blocks ahead the prefetcher looks.',
  ),
  io_depth: gauge(
    'pgfleet_postgres_recovery_prefetch_io_depth',
    'Prefetches started and not known to have ended.',
  ),
};

export const collector = {
  name: 'recovery_prefetch',
  help: 'Whether replay on a standby reads ahead.',
  scope: 'instance',
  metrics: Object.values(metrics),
  needs: { role: 'standby' },
  queries: [
    {
      minVersion: 150_000,
      sql: `select prefetch, hit, wal_distance as distance, block_distance as blocks, io_depth
from pg_stat_recovery_prefetch`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
