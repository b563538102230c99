import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { checkTarget } from '../../../exporters/postgres/check-target.ts';
import { postgresTarget } from '../../../exporters/postgres/config.ts';
import { CONSOLE_COLLECTORS } from '../../../exporters/postgres/pgbouncer/collectors.ts';
import { notice } from '../../support/notice.ts';
import { findPgbouncer, startPgbouncer, type TestPgbouncer } from '../../support/pgbouncer.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, expectDown, type Watch, watch } from './scrape.ts';

const program = findPgbouncer();
if (program === undefined) notice('PgBouncer', 'not installed where the user of the servers may run it');
const POLL = { timeout: 30_000 };

describe.skipIf(program === undefined)('the console of a real PgBouncer', () => {
  const server = usePostgres({ major: Math.max(...installedMajors()) });
  let bouncer: TestPgbouncer;
  let watching: Watch;

  beforeAll(async () => {
    const target = `shop = host=127.0.0.1 port=${server().port} dbname=postgres user=postgres pool_size=2`;
    bouncer = await startPgbouncer(program ?? '', [target]);
  });
  afterAll(async () => {
    await bouncer?.stop();
  });
  beforeEach(async () => {
    watching = await watch({ host: '127.0.0.1', port: bouncer.port }, { kind: 'pgbouncer' });
  });
  afterEach(async () => {
    await watching.close();
  });

  async function clientOf(): Promise<pg.Client> {
    const { default: postgres } = await import('pg');
    const client = new postgres.Client({
      host: '127.0.0.1',
      port: bouncer.port,
      user: 'postgres',
      database: 'shop',
    });
    await client.connect();
    return client;
  }

  it('is read in full, by one connection that is kept', async () => {
    const first = await watching.probe();
    const second = await watching.probe();

    for (const scrape of [first, second]) {
      expect(scrape.failures).toEqual([]);
      expect(scrape.value('pgbouncer_up')).toBe(1);
      expect(scrape.value('pg_up')).toBe(1);
      expect(scrape.all('pgbouncer_version_info')[0]?.labels['version']).toMatch(/^PgBouncer 1\.\d+\.\d+$/);
    }
    for (const { name } of CONSOLE_COLLECTORS)
      expect(second.value('pgfleet_collector_success', { collector: name })).toBe(1);
    expect(second.value('pgfleet_postgres_connections_opened_total')).toBe(1);
    expect(second.value('pgbouncer_config_max_client_connections')).toBe(100);
    expect(second.value('pgbouncer_databases_pool_size', { name: 'shop' })).toBe(2);
    expect(second.value('pgbouncer_databases_paused', { name: 'shop' })).toBe(0);
    expect(await backends(server())).toBe(0);
  });

  it('shows clients, servers and the queries they run', async () => {
    const clients = [await clientOf(), await clientOf()];
    try {
      await watching.probe();
      for (const client of clients) await client.query('begin');
      const labels = { database: 'shop', user: 'postgres' };
      const busy = await watching.probe();
      const before = busy.value('pgbouncer_stats_totals_queries_pooled_total', { database: 'shop' }) ?? 0;
      for (const client of clients) await client.query('commit');
      const after = await watching.probe();

      expect(busy.value('pgbouncer_pools_client_active_connections', labels)).toBe(2);
      expect(busy.value('pgbouncer_pools_server_active_connections', labels)).toBe(2);
      expect(busy.value('pgbouncer_pools_client_waiting_connections', labels)).toBe(0);
      expect(
        after.value('pgbouncer_stats_totals_queries_pooled_total', { database: 'shop' }),
      ).toBeGreaterThanOrEqual(before + 2);
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
  });

  it('shows a client that waits for a server, and for how long', async () => {
    const holders = [await clientOf(), await clientOf()];
    for (const client of holders) await client.query('begin');
    const waiter = await clientOf();
    const answer = waiter.query('select 1');
    const labels = { database: 'shop', user: 'postgres' };
    try {
      await expect
        .poll(async () => {
          const scrape = await watching.probe();
          const waited = scrape.value('pgbouncer_pools_client_maxwait_seconds', labels) ?? 0;
          return scrape.value('pgbouncer_pools_client_waiting_connections', labels) === 1 && waited > 0;
        }, POLL)
        .toBe(true);
    } finally {
      await Promise.all(holders.map((client) => client.end()));
      await answer;
      await waiter.end();
    }
  });

  it('shows a database that is paused', async () => {
    const { default: postgres } = await import('pg');
    const admin = new postgres.Client({
      host: '127.0.0.1',
      port: bouncer.port,
      user: 'postgres',
      database: 'pgbouncer',
    });
    await admin.connect();
    try {
      await admin.query('PAUSE shop');
      const paused = await watching.probe();
      await admin.query('RESUME shop');
      const resumed = await watching.probe();

      expect(paused.value('pgbouncer_databases_paused', { name: 'shop' })).toBe(1);
      expect(resumed.value('pgbouncer_databases_paused', { name: 'shop' })).toBe(0);
    } finally {
      await admin.end();
    }
  });

  it('explains itself, and leaves out what is disabled', async () => {
    const other = await watch(
      { host: '127.0.0.1', port: bouncer.port },
      { kind: 'pgbouncer', collectors: { enable: [], disable: ['pgbouncer_limits', 'locks'] } },
    );
    try {
      const { facts, collectors, error } = await other.exporter.explain('target');
      const scrape = await other.probe();

      expect(error).toBeUndefined();
      expect(facts).toMatchObject({ kind: 'pgbouncer', database: 'pgbouncer' });
      expect(collectors.filter(({ chosen }) => chosen).map(({ reads }) => reads)).toEqual([
        'SHOW STATS',
        'SHOW POOLS',
        'SHOW DATABASES',
        'SHOW LISTS',
      ]);
      expect(scrape.skipped).toEqual(['pgbouncer_limits: disabled']);
      expect(scrape.value('pgbouncer_config_max_client_connections')).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  it('answers health checks: up, and neither primary nor replica', async () => {
    const report = await watching.exporter.health('target');

    expect(report).toMatchObject({ failure: undefined, busy: false });
    expect(report.state).toMatchObject({ role: undefined });
  });

  it('passes the check of the configuration', async () => {
    const address = { host: '127.0.0.1', port: bouncer.port };
    const target = postgresTarget({ name: 'pool', address }, { kind: 'pgbouncer', user: 'postgres' });

    expect(await checkTarget(target, [])).toMatchObject({ failure: undefined, supported: true, lacking: [] });
  });

  it('is named as what it is when somebody takes it for a server', async () => {
    const mistaken = await watch({ host: '127.0.0.1', port: bouncer.port }, { database: 'pgbouncer' });
    try {
      const scrape = await mistaken.probe();

      expect(scrape.value('pgfleet_postgres_unsupported', { kind: 'pgbouncer' })).toBe(1);
      expect(scrape.all('pg_stat_database_numbackends')).toEqual([]);
    } finally {
      await mistaken.close();
    }
  });
});

describe.skipIf(program === undefined)('a PgBouncer', () => {
  it('that is stopped is down, and up again with the next scrape after its start', async () => {
    const bouncer = await startPgbouncer(program ?? '', []);
    const watching = await watch({ host: '127.0.0.1', port: bouncer.port }, { kind: 'pgbouncer' });
    try {
      expect((await watching.probe()).value('pgbouncer_up')).toBe(1);
      await bouncer.stop();

      const down = await watching.probe();

      expectDown(down, 'connect');
      expect(down.value('pgbouncer_up')).toBe(0);
      expect(watching.exporter.lastProbe('target')?.error).toContain('ECONNREFUSED');
    } finally {
      await watching.close();
      await bouncer.stop();
    }
  });
});

describe('a PostgreSQL server that was declared as a PgBouncer', () => {
  const server = usePostgres({ major: Math.max(...installedMajors()) });

  it('is not taken for one', async () => {
    await server().query('create database pgbouncer');
    const watching = await watch(server(), { kind: 'pgbouncer' });
    try {
      const scrape = await watching.probe();

      expect(scrape.value('pgbouncer_up')).toBe(0);
      expect(watching.exporter.lastProbe('target')?.error).toMatch(/version/);
    } finally {
      await watching.close();
    }
  });
});
