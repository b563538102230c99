/**
 * Source: pg_ls_archive_statusdir(), https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-GENFILE
 * Shape:  one row
 * Units:  WAL files; seconds
 * Needs:  EXECUTE on pg_ls_archive_statusdir(), which pg_monitor has
 * Cost:   the server looks at every file of pg_wal/archive_status, once a minute
 * Absent when: PostgreSQL 11 and earlier
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

const metrics = {
  files: gauge('pgfleet_postgres_archive_backlog_files', 'WAL files that wait to be archived.'),
  oldest: gauge(
    'pgfleet_postgres_archive_backlog_oldest_seconds',
    'Time the oldest of the WAL files that wait to be archived has waited.',
  ),
};

export const collector = {
  name: 'archive_backlog',
  help: 'WAL files that wait to be archived: when they pile up, the disk fills.',
  scope: 'instance',
  metrics: Object.values(metrics),
  needs: { execute: 'pg_ls_archive_statusdir()' },
  ttlSeconds: 60,
  timeoutSeconds: 2,
  queries: [
    {
      minVersion: 120_000,
      sql: `select count(*) as files, extract(epoch from clock_timestamp() - min(modification))::float8 as oldest
from pg_ls_archive_statusdir() where name like '%.ready'`,
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;
