import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Scrape, type Watch, watch } from './scrape.ts';

const majors = installedMajors();

/** Each test does something to a real server and sees the number move as it should. */
describe.each([Math.min(...majors), Math.max(...majors)])('numbers on PostgreSQL %i', (major) => {
  const server = usePostgres({
    major,
    settings: { deadlock_timeout: '50ms', work_mem: '64kB', track_io_timing: true, autovacuum: false },
  });
  let watching: Watch;
  /** Moved before every scrape, so that nothing is served from before. */
  let skew = 0;
  const clients: pg.Client[] = [];

  beforeAll(async () => {
    await server().query('create table t (id int primary key, x text)');
    await server().query("insert into t select g, 'x' from generate_series(1, 1000) g");
    watching = await watch(server(), {}, () => Date.now() + skew);
  });
  afterAll(() => watching.close());
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });

  async function session(): Promise<pg.Client> {
    const client = await server().connect();
    clients.push(client);
    return client;
  }

  async function probe(): Promise<Scrape> {
    skew += 3_600_000;
    return watching.probe();
  }

  const shop = { datname: 'postgres' };

  it('transactions, rows and temporary files', async () => {
    const before = await probe();

    for (let i = 0; i < 20; i += 1) await server().query('insert into t values ($1)', [10_000 + i]);
    const client = await session();
    await client.query('begin');
    await client.query('rollback');
    await client.query(
      'select count(*) from (select * from generate_series(1, 100000) g order by md5(g::text)) q',
    );
    await client.end();
    clients.length = 0;

    await expect
      .poll(async () => {
        const after = await probe();
        const grew = (name: string) => (after.value(name, shop) ?? 0) - (before.value(name, shop) ?? 0);
        return [
          grew('pg_stat_database_tup_inserted') >= 20,
          grew('pg_stat_database_xact_commit') >= 20,
          grew('pg_stat_database_temp_files') >= 1,
          grew('pg_stat_database_temp_bytes') > 1_000_000,
        ];
      })
      .toEqual([true, true, true, true]);
  });

  it('a deadlock', async () => {
    const before = (await probe()).value('pg_stat_database_deadlocks', shop) ?? 0;
    const [one, two] = [await session(), await session()];
    await one.query('begin');
    await two.query('begin');
    await one.query('update t set x = 1 where id = 1');
    await two.query('update t set x = 2 where id = 2');

    const outcomes = await Promise.allSettled([
      one.query('update t set x = 1 where id = 2'),
      two.query('update t set x = 2 where id = 1'),
    ]);

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    // From 15 on a session tells what it counted when it ends, or when it has been idle for long.
    await Promise.all([one.end(), two.end()]);
    clients.length = 0;
    await expect.poll(async () => (await probe()).value('pg_stat_database_deadlocks', shop)).toBe(before + 1);
  });

  it('a long transaction, one that does nothing, and who waits for it', async () => {
    const [idle, waiter] = [await session(), await session()];
    await idle.query('begin');
    await idle.query('lock table t in access exclusive mode');
    const waiting = waiter.query('select count(*) from t');
    await sleep(1200);

    const scrape = await probe();
    await idle.query('rollback');
    await waiting;

    expect(scrape.value('pgfleet_postgres_oldest_transaction_seconds', shop)).toBeGreaterThan(1);
    expect(scrape.value('pgfleet_postgres_oldest_idle_in_transaction_seconds', shop)).toBeGreaterThan(1);
    expect(scrape.value('pgfleet_postgres_connections', { ...shop, state: 'idle in transaction' })).toBe(1);
    expect(scrape.value('pgfleet_postgres_sessions_waiting', { wait_event_type: 'Lock' })).toBe(1);
    expect(
      scrape.value('pg_stat_activity_max_tx_duration', { ...shop, state: 'idle in transaction' }),
    ).toBeGreaterThan(1);
    expect(scrape.value('pg_locks_count', { ...shop, mode: 'accessexclusivelock' })).toBe(1);
    expect(scrape.value('pgfleet_postgres_locks_awaited', { ...shop, mode: 'accesssharelock' })).toBe(1);
    expect(scrape.value('pgfleet_postgres_blocked_sessions', shop)).toBe(1);
    // A backend answers its client a moment before it shows itself as idle.
    await expect
      .poll(async () => (await probe()).value('pgfleet_postgres_oldest_transaction_seconds', shop))
      .toBeUndefined();
    const after = await probe();
    expect(after.value('pgfleet_postgres_sessions_waiting', { wait_event_type: 'Lock' })).toBeUndefined();
  });

  it('settings, in base units, and as the server has them, not our session', async () => {
    const scrape = await probe();

    expect(scrape.value('pg_settings_work_mem_bytes')).toBe(65_536);
    expect(scrape.value('pg_settings_deadlock_timeout_seconds')).toBeCloseTo(0.05);
    expect(scrape.value('pg_settings_track_io_timing')).toBe(1);
    expect(scrape.value('pg_settings_lock_timeout_seconds')).toBe(0);
    expect(scrape.value('pg_settings_statement_timeout_seconds')).toBe(0);
    expect(scrape.value('pg_settings_default_transaction_read_only')).toBe(0);
    expect(scrape.value('pg_settings_transaction_read_only')).toBe(0);
    expect(scrape.value('pg_settings_max_parallel_workers_per_gather')).toBe(2);

    await server().configure({ max_connections: 77, work_mem: '128kB' });
    server().reload();

    await expect.poll(async () => (await probe()).value('pg_settings_work_mem_bytes')).toBe(131_072);
    const pending = (await probe()).all('pgfleet_postgres_setting_pending_restart');
    expect(pending.map(({ labels }) => labels['name'])).toEqual(['max_connections']);
  });

  it('dead rows, vacuum and analyze of a table', async () => {
    const t = { ...shop, schemaname: 'public', relname: 'orders' };
    await server().query(
      'create table orders (id int primary key, x text) with (autovacuum_vacuum_threshold = 10)',
    );
    await server().query("insert into orders select g, 'x' from generate_series(1, 1000) g");
    await server().query('analyze orders');
    await server().query('delete from orders where id <= 600');

    await expect.poll(async () => (await probe()).value('pg_stat_user_tables_n_dead_tup', t)).toBe(600);
    const dirty = await probe();
    await server().query('vacuum analyze orders');
    await server().query('alter table orders set (autovacuum_enabled = off)');
    await expect.poll(async () => (await probe()).value('pg_stat_user_tables_n_dead_tup', t)).toBe(0);
    const clean = await probe();

    expect(dirty.value('pg_stat_user_tables_n_tup_del', t)).toBe(600);
    // 600 dead rows against 10 + 0.2 * 1000.
    expect(dirty.value('pgfleet_postgres_table_vacuum_threshold_ratio', t)).toBeCloseTo(600 / 210);
    expect(dirty.value('pgfleet_postgres_tables_over_vacuum_threshold', shop)).toBe(1);
    // 600 changed rows against 50 + 0.1 * 1000, and 1000 inserted ones against 1000 + 0.2 * 1000.
    expect(dirty.value('pgfleet_postgres_table_analyze_threshold_ratio', t)).toBeCloseTo(4);
    const inserted = dirty.value('pgfleet_postgres_table_insert_vacuum_threshold_ratio', t);
    if (major >= 13) expect(inserted).toBeCloseTo(1000 / 1200);
    else expect(inserted).toBeUndefined();
    expect(dirty.value('pgfleet_postgres_tables_without_autovacuum', shop)).toBe(0);
    expect(dirty.value('pg_stat_user_tables_last_vacuum', t)).toBeUndefined();
    expect(clean.value('pg_stat_user_tables_last_vacuum', t)).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(clean.value('pg_stat_user_tables_vacuum_count', t)).toBe(1);
    expect(clean.value('pgfleet_postgres_tables_over_vacuum_threshold', shop)).toBe(0);
    expect(clean.value('pgfleet_postgres_tables_without_autovacuum', shop)).toBe(1);
  });

  it('a running vacuum', async () => {
    await server().query(
      "create table big as select g as id, repeat('x', 500) as x from generate_series(1, 20000) g",
    );
    await server().query('delete from big where id % 2 = 0');
    const client = await session();
    await client.query('set vacuum_cost_delay = 50');
    await client.query('set vacuum_cost_limit = 20');
    await client.query('set vacuum_cost_page_miss = 10');
    await client.query('set vacuum_cost_page_hit = 10');
    const vacuum = client.query('vacuum big').catch(() => undefined);
    await sleep(300);

    const scrape = await probe();
    await server().query("select pg_cancel_backend(pid) from pg_stat_activity where query = 'vacuum big'");
    await vacuum;

    const labels = { ...shop, relname: 'big' };
    expect(scrape.value('pg_stat_progress_vacuum_heap_blks', labels)).toBeGreaterThan(100);
    expect(scrape.value('pg_stat_progress_vacuum_phase', { ...labels, phase: 'scanning heap' })).toBe(1);
    expect(scrape.value('pg_stat_progress_vacuum_phase', { ...labels, phase: 'vacuuming heap' })).toBe(0);
  });

  it('database sizes and connection limits', async () => {
    const before = (await probe()).value('pg_database_size_bytes', shop) ?? 0;
    await server().query(
      'create table fat as select repeat(md5(g::text), 50) as x from generate_series(1, 5000) g',
    );
    await server().query('alter role postgres connection limit 40');

    const scrape = await probe();

    expect((scrape.value('pg_database_size_bytes', shop) ?? 0) - before).toBeGreaterThan(500_000);
    expect(scrape.value('pg_roles_connection_limit', { rolname: 'postgres' })).toBe(40);
    expect(scrape.value('pg_database_connection_limit', { datname: 'template1' })).toBe(-1);
  });

  it('checkpoints', async () => {
    const before = await probe();

    await server().query('checkpoint');

    await expect
      .poll(async () => {
        const after = await probe();
        return ['pg_stat_bgwriter_checkpoints_req_total', 'pg_stat_checkpointer_num_requested_total'].map(
          (name) => (after.value(name) ?? 0) - (before.value(name) ?? 0),
        );
      })
      .toEqual([1, 1]);
  });
});
