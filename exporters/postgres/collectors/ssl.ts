/**
 * Source: pg_stat_ssl, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-SSL-VIEW
 * Shape:  one row per TLS version in use
 * Units:  sessions
 * Needs:  pg_monitor (or pg_read_all_stats) for the sessions of others   Cost: one pass over the backends
 * Absent when: nobody is connected over the network
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples } from '../rows.ts';

const sessions = gauge(
  'pgfleet_postgres_network_sessions',
  'Sessions over the network by TLS version; "none" is not encrypted.',
  ['tls'],
);

export const collector = {
  name: 'ssl',
  help: 'How many sessions over the network are encrypted, and by which version of TLS.',
  scope: 'instance',
  metrics: [sessions],
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    {
      sql: `select case when ssl then version else 'none' end as tls, count(*) as sessions
from pg_stat_ssl join pg_stat_activity using (pid) where client_addr is not null
group by 1`,
    },
  ],
  samples: (rows) => columnSamples(rows, { sessions }, ['tls']),
} satisfies PostgresCollector;
