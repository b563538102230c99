/**
 * Source: SHOW DATABASES, https://www.pgbouncer.org/usage.html#show-databases
 * Shape:  one row per configured database
 * Units:  connections; 1 for yes
 * Needs:  admin_users or stats_users   Cost: reads memory
 * Absent when: never; min_pool_size before 1.16, client connections before 1.24
 */
import { gauge } from '../../../lib/metric.ts';
import { type ConsoleCollector, consoleSamples, consoleText } from './console-collector.ts';

const LABELS = ['name', 'host', 'port', 'database', 'force_user', 'pool_mode'] as const;

function database(name: string, help: string) {
  return gauge(`pgbouncer_databases_${name}`, help, LABELS);
}

const reserve = database('reserve_pool', 'Maximum number of additional server connections.');

const columns = [
  { column: 'pool_size', metric: database('pool_size', 'Maximum number of server connections.') },
  { column: 'min_pool_size', metric: database('min_pool_size', 'Number of server connections kept open.') },
  // Renamed in 1.24.
  { column: 'reserve_pool', metric: reserve },
  { column: 'reserve_pool_size', metric: reserve },
  {
    column: 'max_connections',
    metric: database('max_connections', 'Maximum number of server connections, over all pools.'),
  },
  {
    column: 'current_connections',
    metric: database('current_connections', 'Current number of server connections.'),
  },
  {
    column: 'max_client_connections',
    metric: database('max_client_connections', 'Maximum number of client connections.'),
  },
  {
    column: 'current_client_connections',
    metric: database('current_client_connections', 'Current number of client connections.'),
  },
  { column: 'paused', metric: database('paused', 'Whether the database is paused.') },
  { column: 'disabled', metric: database('disabled', 'Whether the database is disabled.') },
] as const;

export const collector = {
  name: 'pgbouncer_databases',
  help: 'Databases that a PgBouncer serves: limits, connections, paused or disabled.',
  command: 'SHOW DATABASES',
  metrics: [...new Set(columns.map(({ metric }) => metric))],
  samples: (rows) =>
    consoleSamples(rows, columns, (row) => ({
      name: consoleText(row, 'name'),
      host: consoleText(row, 'host'),
      port: consoleText(row, 'port'),
      database: consoleText(row, 'database'),
      force_user: consoleText(row, 'force_user'),
      pool_mode: consoleText(row, 'pool_mode'),
    })),
} satisfies ConsoleCollector;
