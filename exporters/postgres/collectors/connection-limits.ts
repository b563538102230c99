/**
 * Source: pg_database.datconnlimit, pg_roles.rolconnlimit,
 *         https://www.postgresql.org/docs/current/catalog-pg-database.html
 * Shape:  one row per database and per role
 * Units:  connections; -1 means no limit
 * Needs:  nothing   Cost: reads two small catalogs, once a minute
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, textOf } from '../rows.ts';

const database = gauge('pg_database_connection_limit', 'Connection limit set for the database.', ['datname']);
const role = gauge('pg_roles_connection_limit', 'Connection limit set for the role.', ['rolname']);

export const collector = {
  name: 'connection_limits',
  help: 'Connection limits of databases and roles.',
  scope: 'instance',
  metrics: [database, role],
  ttlSeconds: 60,
  queries: [
    {
      sql: `select 'database' as kind, datname as name, datconnlimit as connections from pg_database
union all
select 'role', rolname, rolconnlimit from pg_roles`,
    },
  ],
  *samples(rows) {
    for (const row of rows) {
      const name = textOf(row, 'name');
      const value = numberOf(row, 'connections');
      yield row['kind'] === 'role' ? role({ rolname: name }, value) : database({ datname: name }, value);
    }
  },
} satisfies PostgresCollector;
