import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { collector, patroniSamples } from './patroni.ts';

const catalog = loadCatalog();

const PRIMARY = {
  state: 'running',
  postmaster_start_time: '2026-08-28 19:39:26.500000+00:00',
  role: 'primary',
  server_version: 160_004,
  xlog: { location: 67_395_656 },
  timeline: 3,
  replication: [{ usename: 'replicator', state: 'streaming' }],
  dcs_last_seen: 1_692_356_718,
  database_system_identifier: '7268616322854375442',
  patroni: { version: '4.0.0', scope: 'shop', name: 'pg1' },
};
const REPLICA = {
  ...PRIMARY,
  role: 'replica',
  xlog: {
    received_location: 67_419_744,
    replayed_location: 67_419_000,
    replayed_timestamp: '2026-08-28 20:00:00+00:00',
    paused: true,
  },
  replication_state: 'streaming',
};

/** Values by name; only those that are there. */
function read(status: unknown): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { family, labels, value } of patroniSamples(JSON.stringify(status), catalog)) {
    expect(labels).toEqual({ scope: 'shop', name: 'pg1' });
    if (value !== undefined && value !== null) values[family.name] = value;
  }
  return values;
}

it('tells what a primary is', () => {
  expect(read(PRIMARY)).toEqual({
    patroni_version: 40_000,
    pgfleet_patroni_superseded_timestamp_seconds: Date.UTC(2025, 8, 23) / 1000,
    pgfleet_patroni_patch_missing: 1,
    patroni_postgres_running: 1,
    patroni_postmaster_start_time: Date.UTC(2026, 7, 28, 19, 39, 26, 500) / 1000,
    patroni_primary: 1,
    patroni_master: 1,
    patroni_xlog_location: 67_395_656,
    patroni_standby_leader: 0,
    patroni_replica: 0,
    patroni_sync_standby: 0,
    patroni_quorum_standby: 0,
    patroni_xlog_paused: 0,
    patroni_postgres_server_version: 160_004,
    patroni_cluster_unlocked: 0,
    patroni_failsafe_mode_is_active: 0,
    patroni_postgres_timeline: 3,
    patroni_dcs_last_seen: 1_692_356_718,
    patroni_pending_restart: 0,
    patroni_is_paused: 0,
    patroni_postgres_state: 5,
  });
});

it('tells what a replica is', () => {
  expect(read(REPLICA)).toMatchObject({
    patroni_primary: 0,
    patroni_replica: 1,
    patroni_xlog_received_location: 67_419_744,
    patroni_xlog_replayed_location: 67_419_000,
    patroni_xlog_replayed_timestamp: Date.UTC(2026, 7, 28, 20) / 1000,
    patroni_xlog_paused: 1,
    patroni_postgres_streaming: 1,
    patroni_postgres_in_archive_recovery: 0,
  });
  expect(read(REPLICA)).not.toHaveProperty('patroni_xlog_location');
});

it.each([
  ['role', 'master', 'patroni_primary', 1],
  ['role', 'standby_leader', 'patroni_standby_leader', 1],
  ['cluster_unlocked', true, 'patroni_cluster_unlocked', 1],
  ['failsafe_mode_is_active', true, 'patroni_failsafe_mode_is_active', 1],
  ['pause', true, 'patroni_is_paused', 1],
  ['pending_restart', true, 'patroni_pending_restart', 1],
  ['sync_standby', true, 'patroni_sync_standby', 1],
  ['quorum_standby', true, 'patroni_quorum_standby', 1],
  ['replication_state', 'in archive recovery', 'patroni_postgres_in_archive_recovery', 1],
  ['state', 'starting', 'patroni_postgres_state', 6],
  ['state', 'crashed', 'patroni_postgres_state', 14],
  ['state', 'something new', 'patroni_postgres_state', -1],
  ['state', 'stopped', 'patroni_postgres_running', 0],
])('%s %j is %s %d', (field, value, name, expected) => {
  expect(read({ ...PRIMARY, [field]: value })[name]).toBe(expected);
});

it('invents nothing for a server that does not run', () => {
  const {
    state: _,
    xlog: __,
    timeline: ___,
    server_version: ____,
    postmaster_start_time: _____,
    ...rest
  } = PRIMARY;

  const values = read({ ...rest, state: 'stopped' });

  for (const name of [
    'xlog_location',
    'postgres_timeline',
    'postgres_server_version',
    'postmaster_start_time',
  ])
    expect(values).not.toHaveProperty(`patroni_${name}`);
});

it('reads times with and without an offset, and none of what is none', () => {
  const started = (text: string | null) =>
    read({ ...PRIMARY, postmaster_start_time: text })['patroni_postmaster_start_time'];

  expect(started('2026-08-28 21:39:26.500 UTC')).toBe(Date.UTC(2026, 7, 28, 21, 39, 26, 500) / 1000);
  expect(started('2026-08-28 21:39:26.500000+02:00')).toBe(Date.UTC(2026, 7, 28, 19, 39, 26, 500) / 1000);
  expect(started(null)).toBeUndefined();
  expect(started('yesterday')).toBeUndefined();
});

describe('refuses what is no status', () => {
  it.each([
    '',
    'OK',
    '{}',
    '[]',
    '{"state": "running"}',
    '<html></html>',
    JSON.stringify({ ...PRIMARY, state: 5 }),
  ])('%j', (text) => {
    expect(() => [...patroniSamples(text, catalog)]).toThrow(
      'GET /patroni: expected the status of a Patroni node',
    );
  });
});

it('declares what it emits', () => {
  const declared = collector.metrics.map(({ family }) => family.name);

  expect(new Set(declared).size).toBe(declared.length);
  for (const { family } of patroniSamples(JSON.stringify(REPLICA), catalog))
    expect(declared).toContain(family.name);
  for (const { family } of collector.metrics) expect(family.help).toMatch(/^[A-Z].*\.$/);
});
