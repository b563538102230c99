/**
 * Source: pg_database_size(), https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE
 * Shape:  one row per database
 * Units:  bytes
 * Needs:  CONNECT on the database, or pg_monitor   Cost: the server lists the files of every database, every 5 minutes
 * Absent when: the database is closed to the monitoring user
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const size = gauge('pg_database_size_bytes', 'Disk space used by the database.', ['datname']);

const MAY_CONNECT = "has_database_privilege(oid, 'connect')";

export const collector = {
  name: 'database_size',
  help: 'Disk space of each database.',
  scope: 'instance',
  metrics: [size],
  ttlSeconds: 300,
  timeoutSeconds: 5,
  queries: [
    { maxVersion: 100_000, sql: sizes(MAY_CONNECT) },
    { minVersion: 100_000, sql: sizes(`(${MAY_CONNECT} or pg_has_role('pg_read_all_stats', 'usage'))`) },
  ],
  samples: (rows) => columnSamples(rows, { size }, ['datname']),
} satisfies PostgresCollector;

function sizes(allowed: string): string {
  return `select datname, pg_database_size(oid) as size from pg_database where datconnlimit <> -2 and ${allowed}`;
}
