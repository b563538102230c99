/**
 * Source: SHOW STATS, https://www.pgbouncer.org/usage.html#show-stats
 * Shape:  one row per database, counters since the start and averages; the averages are left to rate()
 * Units:  microseconds -> seconds; bytes
 * Needs:  admin_users or stats_users   Cost: reads memory
 * Absent when: no database was used yet; server assignments before 1.23, parse and bind counts before 1.24
 */
import { counter } from '../../../lib/metric.ts';
import { type ConsoleCollector, consoleSamples, consoleText } from './console-collector.ts';

const LABELS = ['database'] as const;
const MICROSECONDS = 1e-6;

function total(name: string, help: string) {
  return counter(`pgbouncer_stats_totals_${name}`, help, LABELS);
}

const columns = [
  {
    column: 'total_query_count',
    metric: total('queries_pooled_total', 'Total number of SQL queries pooled.'),
  },
  {
    column: 'total_query_time',
    metric: total('queries_duration_seconds_total', 'Time spent connected to PostgreSQL executing queries.'),
    factor: MICROSECONDS,
  },
  {
    column: 'total_received',
    metric: total('received_bytes_total', 'Network traffic received by PgBouncer.'),
  },
  { column: 'total_sent', metric: total('sent_bytes_total', 'Network traffic sent by PgBouncer.') },
  {
    column: 'total_wait_time',
    metric: total('client_wait_seconds_total', 'Time spent by clients waiting for a server.'),
    factor: MICROSECONDS,
  },
  {
    column: 'total_xact_count',
    metric: total('sql_transactions_pooled_total', 'Total number of SQL transactions pooled.'),
  },
  {
    column: 'total_xact_time',
    metric: total(
      'server_in_transaction_seconds_total',
      'Time spent connected to PostgreSQL in a transaction, idle in it or executing queries.',
    ),
    factor: MICROSECONDS,
  },
  {
    column: 'total_server_assignment_count',
    metric: total('server_assignments_total', 'Times a server connection was assigned to a client.'),
  },
  {
    column: 'total_client_parse_count',
    metric: total('client_parses_total', 'Prepared statements that clients created.'),
  },
  {
    column: 'total_server_parse_count',
    metric: total('server_parses_total', 'Prepared statements that PgBouncer created on servers.'),
  },
  {
    column: 'total_bind_count',
    metric: total('binds_total', 'Prepared statements readied for execution by clients.'),
  },
] as const;

export const collector = {
  name: 'pgbouncer_stats',
  help: 'Queries, transactions, traffic and waiting of the clients of a PgBouncer.',
  command: 'SHOW STATS',
  metrics: columns.map(({ metric }) => metric),
  samples: (rows) => consoleSamples(rows, columns, (row) => ({ database: consoleText(row, 'database') })),
} satisfies ConsoleCollector;
