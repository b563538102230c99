/**
 * Source: has_schema_privilege(), https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
 * Shape:  one row per database
 * Units:  1 for yes, 0 for no
 * Needs:  nothing   Cost: one look at a catalog, once an hour
 * Absent when: the database has no schema public
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const writable = gauge(
  'pgfleet_postgres_public_schema_writable',
  'Whether everybody may create objects in the schema public, as was the default before 15: one user can then trap another.',
  ['datname'],
);

export const collector = {
  name: 'public_schema',
  help: 'Whether everybody may create objects where everybody looks for them.',
  scope: 'database',
  metrics: [writable],
  ttlSeconds: 3600,
  timeoutSeconds: 5,
  queries: [
    {
      sql: `select current_database() as datname, has_schema_privilege('public', oid, 'create') as writable
from pg_namespace where nspname = 'public'`,
    },
  ],
  samples: (rows) => columnSamples(rows, { writable }, ['datname']),
} satisfies PostgresCollector;
