/**
 * Source: primary_conninfo (12+) and pg_stat_wal_receiver of registered standbys
 *         https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-PRIMARY-CONNINFO
 * Shape:  a connection string, which may hold a password: host and port are kept, nothing else
 * Needs:  pg_monitor (10+) or superuser
 * Absent when: the server is no standby
 */
import { askServers, referencedServers } from '../edges.ts';
import type { Technique } from '../technique.ts';

// Before 12 primary_conninfo stands in recovery.conf, and only the WAL receiver tells it.
const SQL = `select conninfo from (
    select pg_catalog.current_setting('primary_conninfo', true) as conninfo
    union
    select conninfo from pg_catalog.pg_stat_wal_receiver
  ) as upstream
  where pg_catalog.pg_is_in_recovery() and coalesce(conninfo, '') <> ''`;

export const technique = {
  name: 'upstreams',
  help: 'Servers that registered standbys follow.',
  discover: (context) =>
    askServers(
      {
        sql: SQL,
        sightings: ({ conninfo }, from) => referencedServers(conninfo, from, { edge: 'is followed by it' }),
      },
      context,
    ),
} satisfies Technique;
