/**
 * Source: recovery functions, https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
 * Shape:  one row
 * Units:  seconds; bytes
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: the server is a primary (the lag is 0 there), or has replayed no transaction yet
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { singleRowSamples } from '../rows.ts';

/** The peer's lag is 0 when all that arrived is replayed, also while the link is cut: see the age of the last message. */
const metrics = {
  lag: gauge('pg_replication_lag_seconds', 'Replication lag behind master in seconds.'),
  last_replay: gauge('pg_replication_last_replay_seconds', 'Age of last transaction replay in seconds.'),
  replay_bytes: gauge(
    'pgfleet_postgres_standby_replay_behind_bytes',
    'WAL that the standby received and has not replayed yet.',
  ),
  paused: gauge('pgfleet_postgres_standby_replay_paused', 'Whether somebody paused the replay of WAL.'),
};

export const collector = {
  name: 'replication',
  help: 'How far a standby is behind in replaying what it received.',
  scope: 'instance',
  metrics: Object.values(metrics),
  queries: [
    {
      maxVersion: 100_000,
      sql: standby(
        'pg_last_xlog_receive_location',
        'pg_last_xlog_replay_location',
        'pg_xlog_location_diff',
        'xlog',
      ),
    },
    {
      minVersion: 100_000,
      sql: standby('pg_last_wal_receive_lsn', 'pg_last_wal_replay_lsn', 'pg_wal_lsn_diff', 'wal'),
    },
  ],
  samples: (rows) => singleRowSamples(rows, metrics),
} satisfies PostgresCollector;

function standby(received: string, replayed: string, diff: string, wal: string): string {
  const age = 'greatest(0, extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()))::float8';
  const known = 'pg_is_in_recovery() and pg_last_xact_replay_timestamp() is not null';
  return `select
  case when not pg_is_in_recovery() or ${received}() = ${replayed}() then 0
    when ${known} then ${age} end as lag,
  case when ${known} then ${age} end as last_replay,
  greatest(0, ${diff}(${received}(), ${replayed}()))::float8 as replay_bytes,
  case when pg_is_in_recovery() then pg_is_${wal}_replay_paused() end as paused`;
}
