/**
 * Source: pg_replication_slots, https://www.postgresql.org/docs/current/view-pg-replication-slots.html
 * Shape:  one row per slot
 * Units:  bytes of WAL; transaction ids; seconds since the epoch
 * Needs:  nothing   Cost: reads shared memory
 * Absent when: there are no slots; wal_status and safe size before 13, inactivity and invalidation before 17
 */
import { gauge, type Sample, untyped } from '../../../lib/metric.ts';
import type { PostgresCollector } from '../postgres-collector.ts';
import { columnSamples, labelsOf, type Row, textOf } from '../rows.ts';

const BY_DATABASE = ['slot_name', 'database'] as const;
const BY_TYPE = ['slot_name', 'slot_type'] as const;

const byDatabase = {
  active: gauge('pg_replication_slots_active', 'Flag indicating if the slot is active.', BY_DATABASE),
  wal_behind: gauge('pg_replication_slots_pg_wal_lsn_diff', 'Replication lag in bytes.', BY_DATABASE),
  xlog_behind: untyped(
    'pg_replication_slots_pg_xlog_location_diff',
    'Replication lag in bytes.',
    BY_DATABASE,
  ),
};
const byType = {
  current_lsn: gauge('pg_replication_slots_slot_current_wal_lsn', 'Current WAL lsn value.', BY_TYPE),
  confirmed_lsn: gauge(
    'pg_replication_slots_slot_confirmed_flush_lsn',
    'Last lsn confirmed flushed to the replication slot.',
    BY_TYPE,
  ),
  is_active: gauge(
    'pg_replication_slots_slot_is_active',
    'Whether the replication slot is active or not.',
    BY_TYPE,
  ),
  safe_size: gauge(
    'pg_replication_slots_safe_wal_size_bytes',
    'Number of bytes that can be written to WAL such that this slot is not in danger of getting in state lost.',
    BY_TYPE,
  ),
};
const walStatus = gauge(
  'pg_replication_slots_wal_status',
  'Availability of WAL files claimed by this slot, always 1.',
  [...BY_TYPE, 'wal_status'],
);
const own = {
  retained: gauge(
    'pgfleet_postgres_replication_slot_retained_bytes',
    'WAL that the server keeps for this slot.',
    ['slot_name'],
  ),
  unconfirmed: gauge(
    'pgfleet_postgres_replication_slot_unconfirmed_bytes',
    'WAL that the subscriber of this logical slot has not confirmed.',
    ['slot_name'],
  ),
  xmin_age: gauge(
    'pgfleet_postgres_replication_slot_xmin_age',
    'Transactions since the oldest one that this slot makes vacuum keep.',
    ['slot_name'],
  ),
  catalog_xmin_age: gauge(
    'pgfleet_postgres_replication_slot_catalog_xmin_age',
    'Transactions since the oldest one whose catalog rows this slot makes vacuum keep.',
    ['slot_name'],
  ),
  inactive_since: gauge(
    'pgfleet_postgres_replication_slot_inactive_since_timestamp_seconds',
    'Since when nobody has used this slot.',
    ['slot_name'],
  ),
};
const invalid = gauge(
  'pgfleet_postgres_replication_slot_invalidated',
  'Slots that can no longer be used, by what made them so.',
  ['slot_name', 'reason'],
);

const info = gauge(
  'pgfleet_postgres_replication_slot_info',
  'What kind of slot it is, always 1; one that is synced is a copy of a slot of the primary, and unused here.',
  [...BY_TYPE, 'plugin', 'temporary', 'failover', 'synced'],
);

export const collector = {
  name: 'replication_slots',
  help: 'Who still needs which WAL, and how much of it the server keeps for them.',
  scope: 'instance',
  metrics: [
    ...Object.values(byDatabase),
    ...Object.values(byType),
    walStatus,
    ...Object.values(own),
    invalid,
    info,
  ],
  queries: [
    { maxVersion: 100_000, sql: slots9() },
    { minVersion: 100_000, sql: slots() },
    { minVersion: 130_000, sql: slots('safe_wal_size as safe_size, wal_status') },
    {
      minVersion: 160_000,
      sql: slots(`safe_wal_size as safe_size, wal_status,
  case when conflicting then 'conflict' end as reason`),
    },
    {
      minVersion: 170_000,
      sql: slots(`safe_wal_size as safe_size, wal_status, invalidation_reason as reason,
  extract(epoch from inactive_since)::float8 as inactive_since, failover::text as failover, synced::text as synced`),
    },
  ],
  *samples(rows) {
    yield* columnSamples(rows, byDatabase, BY_DATABASE);
    yield* columnSamples(rows, byType, BY_TYPE);
    yield* columnSamples(rows, own, ['slot_name']);
    for (const row of rows) yield* states(row);
  },
} satisfies PostgresCollector;

function* states(row: Row): Generator<Sample> {
  const kind = (column: string) => String(row[column] ?? '');
  const more = { failover: kind('failover'), synced: kind('synced') };
  yield info({ ...labelsOf(row, [...BY_TYPE, 'plugin', 'temporary']), ...more }, 1);
  if (typeof row['wal_status'] === 'string') {
    yield walStatus({ ...labelsOf(row, BY_TYPE), wal_status: row['wal_status'] }, 1);
  }
  if (typeof row['reason'] === 'string') {
    yield invalid({ slot_name: textOf(row, 'slot_name'), reason: row['reason'] }, 1);
  }
}

/** On a standby everything is measured from what it received, or got from the archive. */
function slots(...more: string[]): string {
  return `select slot_name, slot_type, coalesce(database, '') as database, active, active as is_active, plugin,
  temporary::text as temporary,
  pg_wal_lsn_diff(here, restart_lsn)::float8 as wal_behind, pg_wal_lsn_diff(here, '0/0')::float8 as current_lsn,
  case when active then pg_wal_lsn_diff(coalesce(confirmed_flush_lsn, '0/0'), '0/0')::float8 end as confirmed_lsn,
  greatest(0, pg_wal_lsn_diff(here, restart_lsn))::float8 as retained,
  greatest(0, pg_wal_lsn_diff(here, confirmed_flush_lsn))::float8 as unconfirmed,
  age(xmin) as xmin_age, age(catalog_xmin) as catalog_xmin_age${more.map((part) => `,\n  ${part}`).join('')}
from pg_replication_slots,
  (select case when pg_is_in_recovery() then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) else pg_current_wal_lsn() end as here) as now`;
}

function slots9(): string {
  return `select slot_name, slot_type, coalesce(database, '') as database, active, plugin, null as temporary,
  pg_xlog_location_diff(here, restart_lsn)::float8 as xlog_behind,
  greatest(0, pg_xlog_location_diff(here, restart_lsn))::float8 as retained,
  greatest(0, pg_xlog_location_diff(here, confirmed_flush_lsn))::float8 as unconfirmed,
  age(xmin) as xmin_age, age(catalog_xmin) as catalog_xmin_age
from pg_replication_slots, (
  select case when pg_is_in_recovery() then greatest(pg_last_xlog_receive_location(), pg_last_xlog_replay_location()) else pg_current_xlog_location() end as here
) as now`;
}
