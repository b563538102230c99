/**
 * Source: pg_foreign_server of every database of registered servers
 *         https://www.postgresql.org/docs/current/catalog-pg-foreign-server.html
 * Shape:  srvoptions {host=db2,port=5433,dbname=x} of postgres_fdw and dblink_fdw
 * Needs:  a login to each database; any role may read it
 * Absent when: no such foreign server exists
 */
import { askServers, conninfoOf, referencedServers } from '../edges.ts';
import type { Technique } from '../technique.ts';

const SQL = `select s.srvname, pg_catalog.current_database() as datname,
    (select option_value from pg_catalog.pg_options_to_table(s.srvoptions) where option_name = 'host') as host,
    (select option_value from pg_catalog.pg_options_to_table(s.srvoptions) where option_name = 'hostaddr') as hostaddr,
    (select option_value from pg_catalog.pg_options_to_table(s.srvoptions) where option_name = 'port') as port
  from pg_catalog.pg_foreign_server s join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
  where w.fdwname in ('postgres_fdw', 'dblink_fdw')`;

export const technique = {
  name: 'foreign-servers',
  help: 'Servers that databases of registered servers reach through postgres_fdw or dblink.',
  discover: (context) =>
    askServers(
      {
        sql: SQL,
        everyDatabase: true,
        sightings: ({ srvname, datname, host, hostaddr, port }, from) =>
          referencedServers(conninfoOf({ host, hostaddr, port }), from, {
            edge: `is foreign server ${String(srvname)} of its database ${String(datname)}`,
          }),
      },
      context,
    ),
} satisfies Technique;
