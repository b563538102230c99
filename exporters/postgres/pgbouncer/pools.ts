/**
 * Source: SHOW POOLS, https://www.pgbouncer.org/usage.html#show-pools
 * Shape:  one row per database and user
 * Units:  connections; maxwait in whole seconds and maxwait_us for the rest -> seconds
 * Needs:  admin_users or stats_users   Cost: reads memory
 * Absent when: no pool exists yet; one kind of cancelled clients from 1.16 to 1.17, four states of cancelling from 1.18
 */
import { gauge, type Metric, type Sample } from '../../../lib/metric.ts';
import type { Row } from '../rows.ts';
import { type ConsoleCollector, consoleNumber, consoleSamples, consoleText } from './console-collector.ts';

const LABELS = ['database', 'user'] as const;
type Label = (typeof LABELS)[number];

function connections(name: string, help: string): Metric<Label> {
  return gauge(`pgbouncer_pools_${name}_connections`, help, LABELS);
}

const clientsCancelling = connections(
  'client_waiting_cancel',
  'Client connections whose cancel request was not forwarded to the server yet.',
);

const columns = [
  {
    column: 'cl_active',
    metric: connections('client_active', 'Client connections linked to a server connection or idle.'),
  },
  { column: 'cl_waiting', metric: connections('client_waiting', 'Client connections waiting for a server.') },
  {
    column: 'cl_active_cancel_req',
    metric: connections('client_active_cancel', 'Client connections whose cancel request awaits its answer.'),
  },
  { column: 'cl_waiting_cancel_req', metric: clientsCancelling },
  { column: 'cl_cancel_req', metric: clientsCancelling },
  {
    column: 'sv_active',
    metric: connections('server_active', 'Server connections linked to a client connection.'),
  },
  {
    column: 'sv_active_cancel',
    metric: connections('server_active_cancel', 'Server connections that forward a cancel request.'),
  },
  {
    column: 'sv_being_canceled',
    metric: connections('server_being_canceled', 'Server connections held until their cancel requests end.'),
  },
  { column: 'sv_idle', metric: connections('server_idle', 'Server connections ready for a client query.') },
  {
    column: 'sv_used',
    metric: connections('server_used', 'Server connections idle for so long that they need a check.'),
  },
  {
    column: 'sv_tested',
    metric: connections('server_testing', 'Server connections running their reset or check query.'),
  },
  { column: 'sv_login', metric: connections('server_login', 'Server connections that are logging in.') },
] as const;

const maxWait = gauge(
  'pgbouncer_pools_client_maxwait_seconds',
  'How long the first client in the queue has waited.',
  LABELS,
);

function labelsOf(row: Row) {
  return { database: consoleText(row, 'database'), user: consoleText(row, 'user') };
}

function waited(row: Row): Sample {
  const seconds = consoleNumber(row, 'maxwait');
  const rest = (consoleNumber(row, 'maxwait_us') ?? 0) / 1e6;
  return maxWait(labelsOf(row), seconds === null || seconds === undefined ? seconds : seconds + rest);
}

export const collector = {
  name: 'pgbouncer_pools',
  help: 'Client and server connections of each pool of a PgBouncer, and how long clients wait.',
  command: 'SHOW POOLS',
  metrics: [...new Set(columns.map(({ metric }) => metric)), maxWait],
  *samples(rows) {
    yield* consoleSamples(rows, columns, labelsOf);
    for (const row of rows) yield waited(row);
  },
} satisfies ConsoleCollector;
