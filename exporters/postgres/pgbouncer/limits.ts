/**
 * Source: SHOW CONFIG, https://www.pgbouncer.org/usage.html#show-config
 * Shape:  "max_client_conn | 100 | 100 | yes", one row per setting; the column of defaults came with 1.12
 * Units:  connections
 * Needs:  admin_users or stats_users   Cost: reads memory
 * Absent when: never
 */
import { gauge, type Metric } from '../../../lib/metric.ts';
import { type ConsoleCollector, consoleNumber, consoleText } from './console-collector.ts';

const settings: Readonly<Record<string, Metric>> = {
  max_client_conn: gauge(
    'pgbouncer_config_max_client_connections',
    'Configured maximum number of client connections.',
  ),
  max_user_connections: gauge(
    'pgbouncer_config_max_user_connections',
    'Configured maximum number of server connections per user, 0 for no limit.',
  ),
};

export const collector = {
  name: 'pgbouncer_limits',
  help: 'How many connections a PgBouncer accepts.',
  command: 'SHOW CONFIG',
  metrics: Object.values(settings),
  ttlSeconds: 60,
  *samples(rows) {
    for (const row of rows) {
      const metric = settings[consoleText(row, 'key')];
      if (metric !== undefined) yield metric(consoleNumber(row, 'value'));
    }
  },
} satisfies ConsoleCollector;
