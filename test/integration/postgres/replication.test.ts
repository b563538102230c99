import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { startStandby } from '../../../cli/demo/postgres-standby.ts';
import { startTestPostgres, usePostgres } from '../../support/postgres.ts';
import { type Scrape, type Watch, watch } from './scrape.ts';

const majors = installedMajors();

describe.each([Math.min(...majors), Math.max(...majors)])('replication on PostgreSQL %i', (major) => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let onPrimary: Watch;
  let onStandby: Watch;

  beforeAll(async () => {
    primary = await startTestPostgres({ major });
    standby = await startStandby(primary, { applicationName: 'copy', slot: 'copy' });
    await primary.query('create table t (x text)');
    [onPrimary, onStandby] = [await watch(primary), await watch(standby)];
    const streams = async () =>
      (await primary.query("select 1 from pg_stat_replication where state = 'streaming'")).rowCount;
    await vi.waitUntil(async () => (await streams()) === 1, { timeout: 20_000 });
  });
  afterAll(async () => {
    await Promise.all([onPrimary, onStandby].map((one) => one?.close()));
    await standby?.stop('immediate');
    await primary?.stop('immediate');
  });

  const copy = { application_name: 'copy', client_addr: '127.0.0.1', slot_name: 'copy' };
  const write = () => primary.query("insert into t select repeat('x', 1000) from generate_series(1, 1000)");
  const pause = () =>
    standby.query(major >= 10 ? 'select pg_wal_replay_pause()' : 'select pg_xlog_replay_pause()');
  const resume = () => standby.query('select pg_wal_replay_resume()');

  async function until(watching: Watch, check: (scrape: Scrape) => boolean): Promise<Scrape> {
    let scrape = await watching.probe();
    await expect
      .poll(
        async () => {
          scrape = await watching.probe();
          return check(scrape);
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    return scrape;
  }

  it('shows both ends of it', async () => {
    const [there, here] = [await onPrimary.probe(), await onStandby.probe()];

    expect(there.value('pgfleet_postgres_replication_client_info', copy)).toBe(1);
    expect(there.all('pgfleet_postgres_replication_client_info')[0]?.labels).toMatchObject({
      state: 'streaming',
      sync_state: 'async',
    });
    expect(there.value('pg_replication_slots_active', { slot_name: 'copy' })).toBe(1);
    expect(here.value('pgfleet_postgres_wal_receiver_running')).toBe(1);
    expect(here.all('pgfleet_postgres_upstream_info')[0]?.labels).toEqual({
      upstream_host: '127.0.0.1',
      upstream_port: String(primary.port),
      slot_name: 'copy',
      status: 'streaming',
    });
    expect(here.value('pgfleet_postgres_wal_receiver_last_message_seconds')).toBeLessThan(60);
    const system = (scrape: Scrape) =>
      scrape.all('pgfleet_postgres_server_info')[0]?.labels['system_identifier'];
    expect(system(here)).toBe(system(there));
  });

  it('shows a standby that does not replay', async () => {
    await pause();
    await write();

    const behind = await until(
      onPrimary,
      (scrape) => (scrape.value('pgfleet_postgres_replication_replay_behind_bytes', copy) ?? 0) > 500_000,
    );
    const here = await until(
      onStandby,
      (scrape) => (scrape.value('pgfleet_postgres_standby_replay_behind_bytes') ?? 0) > 500_000,
    );
    await resume();

    expect(behind.value('pg_stat_replication_pg_wal_lsn_diff', { application_name: 'copy' })).toBeGreaterThan(
      500_000,
    );
    expect(here.value('pgfleet_postgres_standby_replay_paused')).toBe(1);
    expect(here.value('pg_replication_lag_seconds')).toBeGreaterThan(0);
    const caughtUp = await until(
      onStandby,
      (scrape) => scrape.value('pgfleet_postgres_standby_replay_behind_bytes') === 0,
    );
    expect(caughtUp.value('pg_replication_lag_seconds')).toBe(0);
    expect(caughtUp.value('pgfleet_postgres_standby_replay_paused')).toBe(0);
  });

  it('shows WAL that a slot without a reader keeps', async () => {
    await standby.stop('fast').catch(() => undefined);
    await write();

    const scrape = await until(
      onPrimary,
      (one) =>
        (one.value('pgfleet_postgres_replication_slot_retained_bytes', { slot_name: 'copy' }) ?? 0) > 500_000,
    );

    expect(scrape.value('pg_replication_slots_active', { slot_name: 'copy' })).toBe(0);
    expect(scrape.value('pg_replication_slots_pg_wal_lsn_diff', { slot_name: 'copy' })).toBeGreaterThan(
      500_000,
    );
    expect(scrape.all('pgfleet_postgres_replication_client_info')).toEqual([]);
  });
});

describe('a standby that is cut off', () => {
  it('says so, though the lag of the peers stays 0', async () => {
    const primary = await startTestPostgres({ major: Math.max(...majors) });
    const standby = await startStandby(primary);
    const watching = await watch(standby);
    await watching.probe();

    await primary.stop('immediate');
    await expect
      .poll(async () => (await watching.probe()).value('pgfleet_postgres_wal_receiver_running'), {
        timeout: 20_000,
      })
      .toBe(0);

    expect((await watching.probe()).value('pg_replication_lag_seconds')).toBe(0);
    await watching.close();
    await standby.stop('immediate');
  });
});

describe.each([Math.min(...majors), Math.max(...majors)])('archiving on PostgreSQL %i', (major) => {
  const server = usePostgres({
    major,
    settings: { archive_mode: 'on', archive_command: 'false', wal_level: 'replica' },
  });
  let skew = 0;

  it('shows failures, what piles up, and success at last', async () => {
    const archive = await mkdtemp(join(tmpdir(), 'pgfleet-archive-'));
    await chmod(archive, 0o777);
    const watching = await watch(server(), {}, () => Date.now() + skew);
    const probe = (): Promise<Scrape> => {
      skew += 600_000;
      return watching.probe();
    };
    await server().query('create table t as select 1 as x');
    await server().query(major >= 10 ? 'select pg_switch_wal()' : 'select pg_switch_xlog()');

    await expect
      .poll(async () => (await probe()).value('pg_stat_archiver_failed_count'), { timeout: 20_000 })
      .toBeGreaterThan(0);
    const failing = await probe();
    await server().configure({ archive_command: `cp %p ${archive}/%f` });
    server().reload();
    await expect
      .poll(async () => (await probe()).value('pg_stat_archiver_archived_count'), { timeout: 90_000 })
      .toBeGreaterThan(0);
    const working = await probe();

    expect(failing.value('pgfleet_postgres_archiver_failing')).toBe(1);
    expect(working.value('pgfleet_postgres_archiver_failing')).toBe(0);
    expect(working.value('pg_stat_archiver_last_archive_age')).toBeLessThan(60);
    if (major >= 12) {
      expect(failing.value('pgfleet_postgres_archive_backlog_files')).toBeGreaterThan(0);
      expect(failing.value('pgfleet_postgres_archive_backlog_oldest_seconds')).toBeGreaterThan(0);
      expect(working.value('pgfleet_postgres_archive_backlog_files')).toBe(0);
    }
    await watching.close();
    await rm(archive, { recursive: true });
  });
});
