/**
 * Source: pg_stat_replication, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW
 * Shape:  one row per connected standby, subscriber, base backup or WAL receiver; equally named ones together
 * Units:  bytes; seconds
 * Needs:  pg_monitor (or pg_read_all_stats) to see more than the process   Cost: reads shared memory
 * Absent when: nobody is connected; times of lag before 10, and while there is no traffic
 */
import { gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples, labelsOf } from '../rows.ts';

const PEER = ['application_name', 'client_addr', 'state', 'slot_name'] as const;
const OWN = ['application_name', 'client_addr', 'slot_name'] as const;

const peer = {
  current: gauge('pg_stat_replication_pg_current_wal_lsn_bytes', 'WAL position in bytes.', PEER),
  replay_behind: gauge('pg_stat_replication_pg_wal_lsn_diff', 'Lag in bytes between master and slave.', PEER),
};
const peer9 = {
  replay_behind: gauge(
    'pg_stat_replication_pg_xlog_location_diff',
    'Lag in bytes between master and slave.',
    PEER,
  ),
};
const own = {
  sent_behind: gauge(
    'pgfleet_postgres_replication_sent_behind_bytes',
    'WAL that exists here and was not sent to the client yet.',
    OWN,
  ),
  write_behind: gauge(
    'pgfleet_postgres_replication_write_behind_bytes',
    'WAL that exists here and the client has not written yet.',
    OWN,
  ),
  flush_behind: gauge(
    'pgfleet_postgres_replication_flush_behind_bytes',
    'WAL that exists here and the client has not made durable yet.',
    OWN,
  ),
  replay_behind: gauge(
    'pgfleet_postgres_replication_replay_behind_bytes',
    'WAL that exists here and the client has not replayed yet.',
    OWN,
  ),
  write_seconds: gauge(
    'pgfleet_postgres_replication_write_lag_seconds',
    'Time from local flush of recent WAL to the notice that the client has written it.',
    OWN,
  ),
  flush_seconds: gauge(
    'pgfleet_postgres_replication_flush_lag_seconds',
    'Time from local flush of recent WAL to the notice that the client has made it durable.',
    OWN,
  ),
  replay_seconds: gauge(
    'pgfleet_postgres_replication_replay_lag_seconds',
    'Time from local flush of recent WAL to the notice that the client has replayed it.',
    OWN,
  ),
  reply_age: gauge(
    'pgfleet_postgres_replication_last_reply_seconds',
    'Time since the last reply of the client, by its own clock.',
    OWN,
  ),
};
const client = gauge(
  'pgfleet_postgres_replication_client_info',
  'Clients that receive WAL from here, always 1, and whether commits wait for them.',
  [...PEER, 'sync_state'],
);

const LAGS = `max(extract(epoch from write_lag))::float8 as write_seconds,
  max(extract(epoch from flush_lag))::float8 as flush_seconds,
  max(extract(epoch from replay_lag))::float8 as replay_seconds`;
const REPLY = 'max(extract(epoch from clock_timestamp() - reply_time))::float8 as reply_age';

const IDENTITY = `application_name, coalesce(host(client_addr), '') as client_addr,
  coalesce(slot_name, '') as slot_name, min(r.state) as state, min(sync_state) as sync_state`;
const FROM = 'pg_stat_replication r left join pg_replication_slots on active_pid = r.pid';

export const collector = {
  name: 'stat_replication',
  help: 'Who receives WAL from this server, and how far behind they are.',
  scope: 'instance',
  metrics: [...Object.values(peer), peer9.replay_behind, ...Object.values(own), client],
  // Without it the rows are there and empty.
  needs: { memberOf: 'pg_read_all_stats' },
  queries: [
    { maxVersion: 100_000, sql: select9() },
    { minVersion: 100_000, sql: select(LAGS) },
    { minVersion: 120_000, sql: select(LAGS, REPLY) },
  ],
  *samples(rows, { version }) {
    yield* columnSamples(rows, version < 100_000 ? peer9 : peer, PEER);
    yield* columnSamples(rows, own, OWN);
    for (const row of rows) yield client(labelsOf(row, [...PEER, 'sync_state']), 1);
  },
} satisfies PostgresCollector;

/** A cascading standby measures from what it received itself, or got from the archive. */
function select(...more: string[]): string {
  return `select ${IDENTITY}, max(pg_wal_lsn_diff(here, '0/0'))::float8 as current,
  greatest(0, max(pg_wal_lsn_diff(here, sent_lsn)))::float8 as sent_behind,
  greatest(0, max(pg_wal_lsn_diff(here, write_lsn)))::float8 as write_behind,
  greatest(0, max(pg_wal_lsn_diff(here, flush_lsn)))::float8 as flush_behind,
  max(pg_wal_lsn_diff(here, replay_lsn))::float8 as replay_behind${more.map((part) => `,\n  ${part}`).join('')}
from ${FROM},
  (select case when pg_is_in_recovery() then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) else pg_current_wal_lsn() end as here) as now
group by 1, 2, 3`;
}

function select9(): string {
  return `select ${IDENTITY},
  greatest(0, max(pg_xlog_location_diff(here, sent_location)))::float8 as sent_behind,
  greatest(0, max(pg_xlog_location_diff(here, write_location)))::float8 as write_behind,
  greatest(0, max(pg_xlog_location_diff(here, flush_location)))::float8 as flush_behind,
  max(pg_xlog_location_diff(here, replay_location))::float8 as replay_behind
from ${FROM}, (
  select case when pg_is_in_recovery() then greatest(pg_last_xlog_receive_location(), pg_last_xlog_replay_location()) else pg_current_xlog_location() end as here
) as now
group by 1, 2, 3`;
}
