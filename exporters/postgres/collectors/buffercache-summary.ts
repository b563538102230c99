/**
 * Source: pg_buffercache_summary() of the extension pg_buffercache,
 *         https://www.postgresql.org/docs/current/pgbuffercache.html
 * Shape:  one row
 * Units:  buffers
 * Needs:  the extension, and pg_monitor   Cost: looks at every buffer without locking them, once a minute
 * Absent when: PostgreSQL 15 and earlier
 */
import { gauge } from '../../../lib/metric.ts';
import { schemaOf } from '../facts.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  buffers_used: gauge('pg_buffercache_summary_buffers_used', 'Number of used shared buffers.'),
  buffers_unused: gauge('pg_buffercache_summary_buffers_unused', 'Number of unused shared buffers.'),
  buffers_dirty: gauge('pg_buffercache_summary_buffers_dirty', 'Number of dirty shared buffers.'),
  buffers_pinned: gauge('pg_buffercache_summary_buffers_pinned', 'Number of pinned shared buffers.'),
  usagecount_avg: gauge(
    'pg_buffercache_summary_usagecount_avg',
    'Average usage count of used shared buffers.',
  ),
};

export const collector = {
  name: 'buffercache_summary',
  help: 'How full and how dirty the shared buffers are.',
  scope: 'instance',
  metrics: Object.values(metrics),
  needs: { extension: 'pg_buffercache', memberOf: 'pg_monitor' },
  ttlSeconds: 60,
  timeoutSeconds: 2,
  queries: [
    {
      minVersion: 160_000,
      sql: (facts) => `select buffers_used, buffers_unused, buffers_dirty, buffers_pinned, usagecount_avg
from ${schemaOf(facts, 'pg_buffercache')}.pg_buffercache_summary()`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
