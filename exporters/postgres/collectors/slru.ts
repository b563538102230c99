/**
 * Source: pg_stat_slru, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-SLRU-VIEW
 * Shape:  one row per small cache (transaction states, multixacts, notifications, ...); the names changed in 17
 * Units:  blocks; operations
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: PostgreSQL 12 and earlier
 */
import { counter } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const LABELS = ['slru'] as const;

const metrics = {
  blks_zeroed: counter('pgfleet_postgres_slru_blocks_zeroed_total', 'Blocks set to zero when made.', LABELS),
  blks_hit: counter('pgfleet_postgres_slru_blocks_hit_total', 'Blocks found in the cache.', LABELS),
  blks_read: counter('pgfleet_postgres_slru_blocks_read_total', 'Blocks read from disk.', LABELS),
  blks_written: counter('pgfleet_postgres_slru_blocks_written_total', 'Blocks written to disk.', LABELS),
  blks_exists: counter('pgfleet_postgres_slru_blocks_exists_total', 'Checks whether a block exists.', LABELS),
  flushes: counter('pgfleet_postgres_slru_flushes_total', 'Flushes of changed blocks.', LABELS),
  truncates: counter('pgfleet_postgres_slru_truncates_total', 'Truncations.', LABELS),
} as const;

/** The names of 17 and later, so that a series does not end with an upgrade. */
const SQL_13 = `
select case name
    when 'CommitTs' then 'commit_timestamp' when 'MultiXactMember' then 'multixact_member'
    when 'MultiXactOffset' then 'multixact_offset' when 'Notify' then 'notify' when 'Serial' then 'serializable'
    when 'Subtrans' then 'subtransaction' when 'Xact' then 'transaction' else name end as slru,
  blks_zeroed, blks_hit, blks_read, blks_written, blks_exists, flushes, truncates
from pg_stat_slru`;

export const collector = {
  name: 'slru',
  help: 'Whether the small caches of transaction states and multixacts miss.',
  metrics: Object.values(metrics),
  scope: 'instance',
  queries: [{ minVersion: 130_000, sql: SQL_13 }],
  samples: (rows) => columnSamples(rows, metrics, LABELS),
} satisfies PostgresCollector;
