/**
 * Source: pg_stat_replication of registered servers
 *         https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
 * Shape:  client_addr of every WAL receiver: standbys, but also pg_receivewal and base backups, told apart by name
 * Needs:  pg_monitor (10+) or superuser; others see NULL addresses
 * Absent when: nobody streams from the server
 */
import { askServers, text } from '../edges.ts';
import type { Technique } from '../technique.ts';

const SQL = `select pg_catalog.host(client_addr) as client_addr, application_name, state
  from pg_catalog.pg_stat_replication where client_addr is not null`;

/** Programs that stream WAL and are no servers. */
const TOOLS = /^(?:pg_receivewal|pg_receivexlog|pg_basebackup|barman|pgbackrest|pg_recvlogical|wal-g)/;

export const technique = {
  name: 'standbys',
  help: 'Machines that stream from registered servers.',
  discover: (context) =>
    askServers(
      {
        sql: SQL,
        sightings: ({ client_addr: address, application_name: application }, from) => {
          const host = text(address);
          const name = text(application);
          if (host === undefined || TOOLS.test(name ?? '')) return [];
          const own = /^(?:127(?:\.\d+){3}|::1)$/.test(host) ? from.place.host : host;
          return [
            {
              kind: 'postgresql',
              state: 'referenced',
              places: [{ host: own, port: undefined }],
              role: 'standby',
              details: {
                referenced_by: from.name,
                edge: 'streams from it',
                ...(name ? { application: name } : {}),
              },
            },
          ];
        },
      },
      context,
    ),
} satisfies Technique;
