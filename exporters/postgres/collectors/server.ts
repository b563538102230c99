/**
 * Source: pg_is_in_recovery(), pg_postmaster_start_time(), pg_conf_load_time(), pg_control_system(), pg_control_checkpoint()
 *         https://www.postgresql.org/docs/current/functions-info.html
 * Shape:  one row
 * Units:  seconds since the epoch, exported as is
 * Needs:  nothing   Cost: reads pg_control once
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import { shortVersion } from '../facts.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { numberOf, textOf } from '../rows.ts';

const isReplica = gauge('pg_replication_is_replica', 'Indicates if the server is a replica.');
const startTime = gauge('pg_postmaster_start_time_seconds', 'Time at which postmaster started.');
const serverInfo = gauge(
  'pgfleet_postgres_server_info',
  'Identity of the server, always 1; servers with equal system identifiers hold copies of the same cluster.',
  ['system_identifier', 'version', 'major', 'cluster_name'],
);
const timeline = gauge('pgfleet_postgres_timeline', 'Timeline of the last checkpoint.');
const configLoaded = gauge(
  'pgfleet_postgres_config_load_timestamp_seconds',
  'When the server loaded its configuration files.',
);
const lastCheckpoint = gauge(
  'pgfleet_postgres_last_checkpoint_timestamp_seconds',
  'When the last checkpoint (on a standby: restartpoint) began, from which recovery would start.',
);
const time = gauge('pgfleet_postgres_time_seconds', 'Clock of the server.');

export const collector = {
  name: 'server',
  help: 'Role, identity, timeline and uptime of the server.',
  scope: 'instance',
  metrics: [isReplica, startTime, serverInfo, timeline, configLoaded, lastCheckpoint, time],
  queries: [
    {
      sql: `select pg_is_in_recovery() as is_replica,
  extract(epoch from pg_postmaster_start_time())::float8 as started,
  extract(epoch from pg_conf_load_time())::float8 as config_loaded,
  extract(epoch from clock_timestamp())::float8 as now,
  (select system_identifier::text from pg_control_system()) as system_identifier,
  timeline_id as timeline, extract(epoch from checkpoint_time)::float8 as last_checkpoint,
  current_setting('cluster_name') as cluster_name
from pg_control_checkpoint()`,
    },
  ],
  *samples(rows, { version }) {
    for (const row of rows) {
      const short = shortVersion(version);
      const labels = {
        system_identifier: textOf(row, 'system_identifier'),
        version: short,
        major: version < 100_000 ? short.replace(/\.\d+$/, '') : short.replace(/\..*$/, ''),
        cluster_name: textOf(row, 'cluster_name'),
      };
      yield isReplica(numberOf(row, 'is_replica'));
      yield startTime(numberOf(row, 'started'));
      yield serverInfo(labels, 1);
      yield timeline(numberOf(row, 'timeline'));
      yield configLoaded(numberOf(row, 'config_loaded'));
      yield lastCheckpoint(numberOf(row, 'last_checkpoint'));
      yield time(numberOf(row, 'now'));
    }
  },
} satisfies PostgresCollector;
