/**
 * Source: pg_current_xlog_location(), https://www.postgresql.org/docs/9.6/functions-admin.html
 * Shape:  one row
 * Units:  bytes
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: PostgreSQL 10 and later (see wal_activity)
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const bytes = gauge(
  'pg_xlog_location_bytes',
  'Postgres LSN (log sequence number) being generated on primary or replayed on replica (truncated to low 52 bits).',
);

export const collector = {
  name: 'xlog_location',
  help: 'Position in the WAL under the name of the peers, for 9.6.',
  scope: 'instance',
  metrics: [bytes],
  queries: [
    {
      maxVersion: 100_000,
      sql: `select (pg_xlog_location_diff(
  case when pg_is_in_recovery() then pg_last_xlog_replay_location() else pg_current_xlog_location() end, '0/0')
  % (2 ^ 52)::numeric)::float8 as bytes`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, { bytes }),
} satisfies PostgresCollector;
