/**
 * Source: pg_foreign_server, https://www.postgresql.org/docs/current/catalog-pg-foreign-server.html
 * Shape:  one row per foreign server of a database
 * Units:  always 1
 * Needs:  nothing; options of a server hold no password (those are of user mappings, which are not read)
 * Cost:   reads one small catalog, once an hour
 * Absent when: the database has no foreign servers
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { labelsOf } from '../rows.ts';

const LABELS = ['datname', 'srvname', 'wrapper', 'foreign_host', 'foreign_port', 'foreign_dbname'] as const;
const info = gauge(
  'pgfleet_postgres_foreign_server_info',
  'Other servers that the database reads from, always 1.',
  LABELS,
);

const option = (name: string) =>
  `(select option_value from pg_options_to_table(srvoptions) where option_name = '${name}') as foreign_${name}`;

export const collector = {
  name: 'foreign_servers',
  help: 'Which other servers a database depends on.',
  scope: 'database',
  metrics: [info],
  ttlSeconds: 3600,
  timeoutSeconds: 5,
  queries: [
    {
      sql: `select current_database() as datname, srvname, fdwname as wrapper,
  ${option('host')}, ${option('port')}, ${option('dbname')}
from pg_foreign_server join pg_foreign_data_wrapper w on w.oid = srvfdw
order by srvname limit 100`,
    },
  ],
  *samples(rows) {
    for (const row of rows) yield info(labelsOf(row, LABELS), 1);
  },
} satisfies PostgresCollector;
