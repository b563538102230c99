/**
 * Source: pg_stat_wal_receiver, https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-WAL-RECEIVER-VIEW
 * Shape:  one row while a WAL receiver runs
 * Units:  WAL positions in bytes, modulo 2^52 as the peer has them; seconds since the epoch; seconds
 * Needs:  pg_monitor (or pg_read_all_stats)   Cost: reads shared memory
 * Absent when: the server is a primary, or its receiver is not running: the standby is cut off then
 */
import { counter, gauge } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples, labelsOf } from '../rows.ts';

const LABELS = ['upstream_host', 'slot_name', 'status'] as const;
const OWN = ['upstream_host', 'slot_name'] as const;

const peer = {
  receive_start_lsn: counter(
    'pg_stat_wal_receiver_receive_start_lsn',
    'First write-ahead log location used when WAL receiver is started represented as a decimal.',
    LABELS,
  ),
  receive_start_tli: gauge(
    'pg_stat_wal_receiver_receive_start_tli',
    'First timeline number used when WAL receiver is started.',
    LABELS,
  ),
  flushed_lsn: counter(
    'pg_stat_wal_receiver_flushed_lsn',
    'Last write-ahead log location already received and flushed to disk represented as a decimal.',
    LABELS,
  ),
  received_tli: gauge(
    'pg_stat_wal_receiver_received_tli',
    'Timeline number of last write-ahead log location received and flushed to disk.',
    LABELS,
  ),
  last_msg_send_time: counter(
    'pg_stat_wal_receiver_last_msg_send_time',
    'Send time of last message received from origin WAL sender.',
    LABELS,
  ),
  last_msg_receipt_time: counter(
    'pg_stat_wal_receiver_last_msg_receipt_time',
    'Receipt time of last message received from origin WAL sender.',
    LABELS,
  ),
  latest_end_lsn: counter(
    'pg_stat_wal_receiver_latest_end_lsn',
    'Last write-ahead log location reported to origin WAL sender as integer.',
    LABELS,
  ),
  latest_end_time: counter(
    'pg_stat_wal_receiver_latest_end_time',
    'Time of last write-ahead log location reported to origin WAL sender.',
    LABELS,
  ),
  upstream_node: gauge('pg_stat_wal_receiver_upstream_node', 'Node ID of the upstream node.', LABELS),
};
const running = gauge(
  'pgfleet_postgres_wal_receiver_running',
  'Whether the standby has a WAL receiver; without one it gets nothing from its upstream.',
);
const own = {
  message_age: gauge(
    'pgfleet_postgres_wal_receiver_last_message_seconds',
    'Time since the last message of the upstream: it grows when the link is cut.',
    OWN,
  ),
};
const upstream = gauge('pgfleet_postgres_upstream_info', 'Where the standby receives WAL from, always 1.', [
  'upstream_host',
  'upstream_port',
  'slot_name',
  'status',
]);

export const collector = {
  name: 'stat_wal_receiver',
  help: 'Whether a standby receives WAL, from where, and when it heard from there last.',
  scope: 'instance',
  metrics: [...Object.values(peer), running, ...Object.values(own), upstream],
  needs: { role: 'standby', memberOf: 'pg_read_all_stats' },
  queries: [
    { maxVersion: 100_000, sql: select('pg_xlog_location_diff', 'received_lsn', 'null', 'null') },
    { minVersion: 100_000, sql: select('pg_wal_lsn_diff', 'received_lsn', 'null', 'null') },
    { minVersion: 110_000, sql: select('pg_wal_lsn_diff', 'received_lsn', 'sender_host', 'sender_port') },
    { minVersion: 130_000, sql: select('pg_wal_lsn_diff', 'flushed_lsn', 'sender_host', 'sender_port') },
  ],
  *samples(rows) {
    const receivers = rows.filter((row) => row['status'] !== null);
    yield running(receivers.length);
    yield* columnSamples(receivers, peer, LABELS);
    yield* columnSamples(receivers, own, OWN);
    for (const row of receivers) {
      yield upstream(labelsOf(row, ['upstream_host', 'upstream_port', 'slot_name', 'status']), 1);
    }
  },
} satisfies PostgresCollector;

function select(diff: string, flushed: string, host: string, port: string): string {
  const position = (lsn: string) => `(${diff}(${lsn}, '0/0') % (2 ^ 52)::numeric)::float8`;
  const epoch = (column: string) => `extract(epoch from ${column})::float8 as ${column}`;
  return `select coalesce(trim(both '''' from substring(conninfo from 'host=([^ ]*)')), ${host}, '') as upstream_host,
  coalesce(substring(conninfo from 'port=([0-9]+)'), ${port}::text, '') as upstream_port,
  coalesce(slot_name, '') as slot_name, status, receive_start_tli, received_tli,
  ${position('receive_start_lsn')} as receive_start_lsn, ${position(flushed)} as flushed_lsn,
  ${position('latest_end_lsn')} as latest_end_lsn, ${epoch('last_msg_send_time')},
  ${epoch('last_msg_receipt_time')}, ${epoch('latest_end_time')},
  substring(slot_name from 'repmgr_slot_([0-9]+)')::float8 as upstream_node,
  extract(epoch from clock_timestamp() - last_msg_receipt_time)::float8 as message_age
from pg_stat_wal_receiver`;
}
