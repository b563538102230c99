import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

/** One major per variant of the SQL; that every statement runs on every major is seen elsewhere. */
const majors = installedMajors().filter((major) => [10, 14, 16, 17, 18].includes(major));

/** Values are right, not just present: each test drives the server and sees the number move as it should. */
describe.each(majors)('numbers move on PostgreSQL %i', (major) => {
  const server = usePostgres({ major, settings: { max_prepared_transactions: 4, track_io_timing: 'on' } });
  let watching: Watch;
  const open: pg.Client[] = [];

  beforeAll(async () => {
    await server().query('create table stock (id int primary key, amount int)');
    await server().query('insert into stock select n, n from generate_series(1, 1000) n');
    watching = await watch(server(), { collectors: { enable: [], disable: ['hba', 'settings_state'] } });
  });
  afterAll(async () => {
    await Promise.all(open.map((client) => client.end()));
    await watching?.close();
  });

  async function session(): Promise<pg.Client> {
    const { host, port } = server();
    const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    open.push(client);
    return client;
  }

  it('sees a blocked session and the idle transaction at its root', async () => {
    const holder = await session();
    const waiter = await session();
    await holder.query('begin');
    await holder.query('update stock set amount = 0 where id = 1');
    const waiting = waiter.query('update stock set amount = 1 where id = 1');
    await expect
      .poll(async () =>
        (await watching.probe()).value('pgfleet_postgres_blocked_sessions', { datname: 'postgres' }),
      )
      .toBe(1);

    const scrape = await watching.probe();
    await holder.query('rollback');
    await waiting;
    const after = await watching.probe();

    expect(scrape.value('pgfleet_postgres_blocking_sessions', { state: 'idle in transaction' })).toBe(1);
    expect(scrape.value('pgfleet_postgres_blocked_longest_seconds')).toBeGreaterThan(0);
    expect(after.value('pgfleet_postgres_blocked_sessions', { datname: 'postgres' })).toBe(0);
    expect(after.all('pgfleet_postgres_blocking_sessions')).toEqual([]);
  });

  it('sees what waits for a prepared transaction, and since when', async () => {
    const waiter = await session();
    await waiter.query('begin');
    await waiter.query('update stock set amount = 0 where id = 2');
    await waiter.query("prepare transaction 'root'");
    const waiting = waiter.query(
      'do $$ begin perform pg_sleep(0.5); update stock set amount = 1 where id = 2; end $$',
    );
    await expect
      .poll(async () =>
        (await watching.probe()).value('pgfleet_postgres_blocked_sessions', { datname: 'postgres' }),
      )
      .toBe(1);

    const scrape = await watching.probe();
    await server().query("rollback prepared 'root'");
    await waiting;

    expect(scrape.value('pgfleet_postgres_blocking_sessions', { state: 'prepared' })).toBe(1);
    const waited = scrape.value('pgfleet_postgres_blocked_longest_seconds', { datname: 'postgres' }) ?? 0;
    const ran = scrape.value('pgfleet_postgres_oldest_active_query_seconds', { datname: 'postgres' }) ?? 0;
    // Before 14 the server does not tell when the waiting began.
    expect(ran - waited > 0.45).toBe(major >= 14);
  });

  it('sees a forgotten prepared transaction, and that it holds back vacuum', async () => {
    const client = await session();
    await client.query('begin');
    await client.query('insert into stock values (5001, 1)');
    await client.query("prepare transaction 'forgotten'");
    await client.query('insert into stock values (5002, 1)');

    const scrape = await watching.probe();
    await client.query("rollback prepared 'forgotten'");
    const after = await watching.probe();

    const labels = { datname: 'postgres' };
    expect(scrape.value('pgfleet_postgres_prepared_transactions', labels)).toBe(1);
    expect(scrape.value('pgfleet_postgres_prepared_transactions_oldest_xid_age', labels)).toBeGreaterThan(0);
    expect(scrape.value('pgfleet_postgres_xmin_age', { holder: 'prepared' })).toBeGreaterThan(0);
    expect(after.value('pgfleet_postgres_prepared_transactions', labels)).toBe(0);
    expect(after.all('pgfleet_postgres_xmin_age', { holder: 'prepared' })).toEqual([]);
  });

  it('counts a requested checkpoint, what backends write, and the WAL', async () => {
    const before = await watching.probe();
    await server().query('update stock set amount = amount + 1');
    await server().query('create table bulk as select generate_series(1, 20000) as n');
    await server().query('checkpoint');

    await expect
      .poll(async () => {
        const now = await watching.probe();
        const name = 'pgfleet_postgres_checkpoints_total';
        return (
          (now.value(name, { reason: 'requested' }) ?? 0) - (before.value(name, { reason: 'requested' }) ?? 0)
        );
      })
      .toBeGreaterThanOrEqual(1);
    const after = await watching.probe();

    const backend = 'pg_stat_bgwriter_buffers_backend_total';
    await expect
      .poll(async () => ((await watching.probe()).value(backend) ?? 0) - (before.value(backend) ?? 0))
      .toBeGreaterThan(10);
    const position = 'pgfleet_postgres_wal_position_bytes_total';
    expect(after.value(position)).toBeGreaterThan((before.value(position) ?? 0) + 50_000);
    if (major >= 14) {
      const bytes = 'pgfleet_postgres_wal_bytes_total';
      await expect
        .poll(async () => (await watching.probe()).value(bytes))
        .toBeGreaterThan((before.value(bytes) ?? 0) + 50_000);
    }
  });

  it('ages with burned transactions', async () => {
    const labels = { datname: 'postgres' };
    const before = await watching.probe();
    for (let n = 0; n < 50; n += 1) await server().query('select txid_current()');
    const after = await watching.probe();

    const name = 'pgfleet_postgres_database_xid_age';
    expect((after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0)).toBeGreaterThanOrEqual(50);
  });

  it('notices a changed setting and one that waits for a restart', async () => {
    const other = await watch(server(), {});
    const before = await other.probe();
    await server().query("alter system set work_mem = '5MB'");
    await server().query('alter system set max_connections = 123');
    await server().query('select pg_reload_conf()');
    await expect
      .poll(async () => {
        // A watch of its own for each look: the collector keeps its result for a minute.
        const fresh = await watch(server(), {});
        const scrape = await fresh.probe();
        await fresh.close();
        return [
          scrape.value('pgfleet_postgres_settings_pending_restart'),
          scrape.value('pgfleet_postgres_settings_hash') !== before.value('pgfleet_postgres_settings_hash'),
        ];
      })
      .toEqual([1, true]);
    await other.close();
    await server().query('alter system reset all');
    await server().query('select pg_reload_conf()');
  });

  it('reads trust lines of pg_hba.conf, who may do everything, and mistakes for the next restart', async () => {
    await server().query("create role boss superuser login valid until '2030-01-01'");
    await appendFile(join(server().dataDir, 'postgresql.conf'), "\nwork_mem = 'many'\n");
    const fresh = await watch(server(), {});
    const scrape = await fresh.probe();
    await fresh.close();
    await server().query('drop role boss');

    expect(scrape.value('pgfleet_postgres_login_roles', { attribute: 'superuser' })).toBe(2);
    expect(scrape.value('pgfleet_postgres_role_valid_until_timestamp_seconds', { rolname: 'boss' })).toBe(
      Date.UTC(2030, 0, 1) / 1000,
    );
    expect(scrape.value('pgfleet_postgres_config_file_errors')).toBe(1);

    const trusted = scrape.all('pgfleet_postgres_hba_lines', { method: 'trust', reach: 'loopback' });
    expect(trusted.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBeGreaterThan(0);
    expect(scrape.value('pgfleet_postgres_hba_errors')).toBe(0);
  });

  it.runIf(major >= 16)('counts reads of client backends by bytes', async () => {
    const labels = { backend_type: 'client backend', object: 'relation' };
    const sum = async () =>
      (await watching.probe())
        .all('pgfleet_postgres_io_hits_total', labels)
        .reduce((total, { value }) => total + (value ?? 0), 0);
    const before = await sum();
    await server().query('select count(*) from stock');

    await expect.poll(sum).toBeGreaterThan(before);
  });
});
