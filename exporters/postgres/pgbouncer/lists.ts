/**
 * Source: SHOW LISTS, https://www.pgbouncer.org/usage.html#show-lists
 * Shape:  "used_clients | 12", one row per list
 * Units:  entries
 * Needs:  admin_users or stats_users   Cost: reads memory
 * Absent when: never; lists that are not named here are passed over
 */
import { gauge, type Metric } from '../../../lib/metric.ts';
import { type ConsoleCollector, consoleNumber, consoleText } from './console-collector.ts';

const lists: Readonly<Record<string, Metric>> = {
  databases: gauge('pgbouncer_databases', 'Count of databases.'),
  users: gauge('pgbouncer_users', 'Count of users.'),
  pools: gauge('pgbouncer_pools', 'Count of pools.'),
  free_clients: gauge('pgbouncer_free_clients', 'Count of free clients.'),
  used_clients: gauge('pgbouncer_used_clients', 'Count of used clients.'),
  login_clients: gauge('pgbouncer_login_clients', 'Count of clients in login state.'),
  free_servers: gauge('pgbouncer_free_servers', 'Count of free servers.'),
  used_servers: gauge('pgbouncer_used_servers', 'Count of used servers.'),
  dns_names: gauge('pgbouncer_cached_dns_names', 'Count of DNS names in the cache.'),
  dns_zones: gauge('pgbouncer_cached_dns_zones', 'Count of DNS zones in the cache.'),
  dns_queries: gauge('pgbouncer_in_flight_dns_queries', 'Count of in-flight DNS queries.'),
};

export const collector = {
  name: 'pgbouncer_lists',
  help: 'How many clients, servers, pools and names a PgBouncer holds.',
  command: 'SHOW LISTS',
  metrics: Object.values(lists),
  *samples(rows) {
    for (const row of rows) {
      const metric = lists[consoleText(row, 'list')];
      if (metric !== undefined) yield metric(consoleNumber(row, 'items'));
    }
  },
} satisfies ConsoleCollector;
