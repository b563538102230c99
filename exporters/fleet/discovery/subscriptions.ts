/**
 * Source: pg_subscription of registered servers, https://www.postgresql.org/docs/current/catalog-pg-subscription.html
 * Shape:  subconninfo, a connection string with a password: host and port are kept, nothing else
 * Needs:  superuser, or a granted SELECT on the column; refused to pg_monitor, which is then a gap
 * Absent when: the server subscribes to nothing, or is older than 10
 */
import { askServers, referencedServers } from '../edges.ts';
import type { Technique } from '../technique.ts';

const SQL = `select subname, subconninfo from pg_catalog.pg_subscription`;

export const technique = {
  name: 'subscriptions',
  help: 'Servers that registered servers subscribe to by logical replication.',
  discover: (context) =>
    askServers(
      {
        sql: SQL,
        sightings: ({ subname, subconninfo }, from) =>
          referencedServers(subconninfo, from, { edge: `is subscribed to as ${String(subname)}` }),
      },
      context,
    ),
} satisfies Technique;
