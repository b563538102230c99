/**
 * Source: pg_ls_waldir(), https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-GENFILE
 * Shape:  one row
 * Units:  files; bytes
 * Needs:  EXECUTE on pg_ls_waldir(), which pg_monitor has   Cost: the server looks at every file of pg_wal, once a minute
 * Absent when: PostgreSQL 9.6
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  segments: gauge('pg_wal_segments', 'Number of WAL segments.'),
  size: gauge('pg_wal_size_bytes', 'Total size of WAL segments.'),
};

export const collector = {
  name: 'wal',
  help: 'Size of the WAL directory.',
  scope: 'instance',
  metrics: Object.values(metrics),
  needs: { execute: 'pg_ls_waldir()' },
  ttlSeconds: 60,
  timeoutSeconds: 2,
  queries: [
    {
      minVersion: 100_000,
      sql: `select count(*) as segments, sum(size) as size from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
