import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { startStandby } from '../../../cli/demo/postgres-standby.ts';
import type { PostgresOptions } from '../../../exporters/postgres/config.ts';
import { Secret } from '../../../lib/secret.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, expectDown, type Scrape, type Watch, watch } from './scrape.ts';

const newest = Math.max(...installedMajors());
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Moved where a test does not want to wait for the pause after dear failures. */
let skew = 0;

async function watchFor(
  server: Parameters<typeof watch>[0],
  options: Partial<PostgresOptions> = {},
): Promise<Watch> {
  const watching = await watch(server, options, () => Date.now() + skew);
  cleanups.push(() => watching.close());
  return watching;
}

describe('a server that', () => {
  const server = usePostgres({
    major: newest,
    settings: { max_connections: 12, superuser_reserved_connections: 3 },
  });

  beforeAll(async () => {
    await server().query('create role monitor login');
  });

  /** Takes all connections that ordinary users may have. */
  async function occupy(count: number): Promise<() => Promise<unknown>> {
    const clients = await Promise.all(Array.from({ length: count }, () => server().connect()));
    return () => Promise.all(clients.map((client) => client.end()));
  }

  it('is stopped and started again', async () => {
    const watching = await watchFor(server());
    expect((await watching.probe()).value('pg_up')).toBe(1);

    await server().kill9();
    const down = await watching.probe();
    await server().start();
    const up = await watching.probe();

    expectDown(down, 'connect');
    expect(watching.exporter.lastProbe('target')?.error).toBeUndefined();
    expect(up.value('pg_up')).toBe(1);
    expect(up.failures).toEqual([]);
    expect(await backends(server())).toBe(1);
  });

  it('is restarted between two scrapes loses none of them', async () => {
    const watching = await watchFor(server());
    await watching.probe();

    await server().configure({ work_mem: '6MB' });
    await server().restart();
    const scrape = await watching.probe();

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.failures).toEqual([]);
    // Kept for a minute otherwise: nothing from before the restart is served.
    expect(scrape.value('pg_settings_work_mem_bytes')).toBe(6 * 2 ** 20);
    expect(scrape.value('pgfleet_postgres_tables', { datname: 'postgres' })).toBe(0);
    expect(scrape.value('pgfleet_postgres_connections_opened_total')).toBe(2);
  });

  it('hangs is answered for within the budget, and gets no heap of backends when it goes on', async () => {
    const watching = await watchFor(server());
    await watching.probe();

    server().pause();
    const scrapes: Scrape[] = [];
    for (let i = 0; i < 3; i += 1) scrapes.push(await watching.probe(600));
    const paused = await watching.probe(600);
    server().resume();

    for (const scrape of scrapes) {
      expectDown(scrape, 'timeout');
      expect(scrape.durationMs).toBeLessThan(1100);
    }
    // After the second failure it is left alone for a while.
    expectDown(paused, 'timeout');
    expect(paused.durationMs).toBeLessThan(300);
    await expect.poll(() => backends(server()), { timeout: 5000 }).toBe(0);
    skew += 30_000;
    await expect.poll(async () => (await watching.probe()).value('pg_up'), { timeout: 10_000 }).toBe(1);
    expect(await backends(server())).toBe(1);
  });

  it('takes too long over one statement ends it, and that costs nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgfleet-faults-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const file = join(folder, 'slow.yml');
    // Slow as long as there is a role of that name.
    const sql = `select 7 as n from pg_sleep((select count(*) * 30 from pg_roles where rolname = 'slow'))`;
    const metric = '{ name: my_slow, type: gauge, help: X., column: n }';
    await writeFile(
      file,
      `collectors:\n  - { name: slow, help: X., timeout: 300ms, queries: [{ sql: "${sql}" }], metrics: [${metric}] }\n`,
    );
    await server().query('create role slow');
    const watching = await watchFor(server(), { user_collectors: [file] });
    const limited = await watching.probe();
    const { rowCount } = await server().query(
      "select from pg_stat_activity where query like '%pg_sleep((%' and state = 'active' and pid <> pg_backend_pid()",
    );
    await server().query('drop role slow');
    const after = await watching.probe();

    expect(limited.failures).toEqual(['slow: timeout']);
    expect(limited.value('pg_up')).toBe(1);
    expect(limited.durationMs).toBeLessThan(4000);
    expect(rowCount).toBe(0);
    const slow = (await watching.exporter.explain('target')).collectors.find(({ name }) => name === 'slow');
    expect(slow?.lastError).toBeUndefined();
    expect(after.value('my_slow')).toBe(7);
    expect(after.value('pgfleet_postgres_connections_opened_total')).toBe(1);
    expect(await backends(server())).toBe(1);
  });

  it('is promoted changes its plan in the same scrape', async () => {
    const standby = await startStandby(server());
    cleanups.push(() => standby.stop('immediate'));
    const watching = await watchFor(standby);
    expect((await watching.probe()).value('pg_replication_is_replica')).toBe(1);

    await standby.query('select pg_promote()');
    const scrape = await watching.probe();

    expect(scrape.value('pg_replication_is_replica')).toBe(0);
    expect(scrape.failures).toEqual([]);
    expect((await watching.exporter.explain('target')).facts['role']).toBe('primary');
    expect((await watching.probe()).value('pgfleet_postgres_connections_opened_total')).toBe(1);
  });

  it('has no connection left says so', async () => {
    const release = await occupy(9);
    const watching = await watchFor(server(), { user: 'monitor' });

    const full = await watching.probe();
    await release();

    expectDown(full, 'too_many_connections');
    await expect.poll(async () => (await watching.probe()).value('pg_up')).toBe(1);
  });

  it('is a connection that was there before keeps being observed when the rest is taken', async () => {
    const watching = await watchFor(server(), { user: 'monitor' });
    await watching.probe();
    const release = await occupy(8);

    const full = await watching.probe();

    await release();
    expect(full.value('pg_up')).toBe(1);
  });

  it('ends our session goes on with another one', async () => {
    const watching = await watchFor(server());
    await watching.probe();

    await server().query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgfleet'",
    );
    const scrape = await watching.probe();

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.failures).toEqual([]);
    expect(await backends(server())).toBe(1);
  });
});

describe('logging in', () => {
  const local = 'local all all trust\n';
  const methods = ['trust', 'md5', 'scram-sha-256'] as const;
  const lines = methods.map((method) => `host all user-${method} 127.0.0.1/32 ${method}\n`);
  const server = usePostgres({
    major: newest,
    superuserPassword: 'super',
    hba: `${local}${lines.join('')}host all all 127.0.0.1/32 scram-sha-256\n`,
  });

  beforeAll(async () => {
    await server().query("create role monitor login password 'r1ght-secret'");
    for (const method of methods) {
      const encryption = method === 'md5' ? 'md5' : 'scram-sha-256';
      await server().query(
        `set password_encryption = '${encryption}'; create role "user-${method}" login password 'r1ght-secret'`,
      );
    }
  });

  it.each([
    ['a wrong password', { user: 'monitor', password: new Secret('wr0ng-secret') }, 'authentication'],
    ['no password', { user: 'monitor' }, 'authentication'],
    [
      'a user that does not exist',
      { user: 'nobody', password: new Secret('wr0ng-secret') },
      'authentication',
    ],
    [
      'a database that does not exist',
      { user: 'monitor', password: new Secret('r1ght-secret'), database: 'gone' },
      'no_database',
    ],
    [
      'TLS that the server does not have',
      { user: 'monitor', password: new Secret('r1ght-secret'), sslmode: 'require' },
      'tls',
    ],
  ] as [string, Partial<PostgresOptions>, string][])('with %s', async (_case, options, reason) => {
    const watching = await watchFor(server(), options);

    const scrape = await watching.probe();

    expectDown(scrape, reason);
    const { error } = watching.exporter.lastProbe('target') ?? {};
    expect(error).toContain(`connecting to 127.0.0.1:${server().port}: `);
    expect(JSON.stringify([scrape, error, await watching.exporter.explain('target')])).not.toMatch(/secret/);
  });

  it.each(methods)('by %s', async (method) => {
    const watching = await watchFor(server(), {
      user: `user-${method}`,
      password: new Secret('r1ght-secret'),
    });

    expect((await watching.probe()).value('pg_up')).toBe(1);
  });

  it('with a password that is changed holds while we are in, and comes back with the password', async () => {
    const watching = await watchFor(server(), { user: 'monitor', password: new Secret('r1ght-secret') });
    await watching.probe();

    await server().query("alter role monitor password 'n3w-secret'");
    const inside = await watching.probe();
    await server().query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'monitor'");
    const outside = await watching.probe();
    const again = await watching.probe();
    await server().query("alter role monitor password 'r1ght-secret'");

    expect(inside.value('pg_up')).toBe(1);
    for (const scrape of [outside, again]) expectDown(scrape, 'authentication');
    expect(watching.exporter.lastProbe('target')?.error).not.toContain('secret');
    skew += 30_000;
    expect((await watching.probe()).value('pg_up')).toBe(1);
    expect(await backends(server())).toBe(1);
  });
});

describe('names', () => {
  const server = usePostgres({ major: newest });

  it('with quotes, backslashes, newlines and non-ASCII letters stay what they are', async () => {
    const names = ['with "quotes"', "with 'quotes'", 'back\\slash', 'new\nline', '数据库', 'space ', '$x'];
    for (const name of names) await server().query(`create database "${name.replaceAll('"', '""')}"`);
    const watching = await watchFor(server());

    const scrape = await watching.probe();

    const datnames = scrape.all('pg_stat_database_numbackends').map(({ labels }) => labels['datname']);
    expect(datnames).toEqual(expect.arrayContaining(names));
    expect(scrape.text()).toContain('datname="with \\"quotes\\""');
    expect(scrape.text()).toContain('datname="new\\nline"');
  });

  it('of users and databases may be anything when logging in, too', async () => {
    await server().query('create role "Mon ""it"" or\\" login');
    await server().query('create database "a=b c"');
    const watching = await watchFor(server(), { user: 'Mon "it" or\\', database: 'a=b c' });

    expect((await watching.probe()).value('pg_up')).toBe(1);
  });
});
