import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, type Scrape, type Watch, watch } from './scrape.ts';

const majors = installedMajors();

describe.each([Math.min(...majors), Math.max(...majors)])('the database scope on PostgreSQL %i', (major) => {
  const server = usePostgres({ major, settings: { log_connections: true } });
  const watches: Watch[] = [];
  /** Moved by the tests, so that nobody waits for a turn. */
  let skew = 0;

  beforeAll(async () => {
    for (const name of ['shop', 'with "quotes"', 'closed']) {
      await server().query(`create database "${name.replaceAll('"', '""')}"`);
    }
    await server().query('create table orders (id int)', [], 'shop');
    await server().query('insert into orders select generate_series(1, 500)', [], 'shop');
    await server().query('create schema "s 1"', [], 'with "quotes"');
    await server().query('create table "s 1"."t ""1""" (id int)', [], 'with "quotes"');
    await server().query('create role monitor login');
    await server().query('grant pg_monitor to monitor');
    await server().query('revoke connect on database closed from public');
  });
  afterAll(() => Promise.all(watches.map((one) => one.close())));

  async function watchAs(options: Parameters<typeof watch>[1]): Promise<Watch> {
    const watching = await watch(server(), { user: 'monitor', ...options }, () => Date.now() + skew);
    watches.push(watching);
    return watching;
  }

  function tablesOf(scrape: Scrape): string[] {
    return scrape
      .all('pg_stat_user_tables_n_tup_ins')
      .map(({ labels }) => `${labels['datname']}: ${labels['schemaname']}.${labels['relname']}`);
  }

  it('visits every database that it may, over one connection at a time', async () => {
    const watching = await watchAs({});

    const scrape = await watching.probe();

    expect(tablesOf(scrape)).toEqual(['shop: public.orders', 'with "quotes": s 1.t "1"']);
    expect(scrape.value('pgfleet_postgres_tables', { datname: 'shop' })).toBe(1);
    expect(scrape.value('pgfleet_postgres_databases_waiting')).toBe(0);
    const visited = scrape
      .all('pgfleet_postgres_database_visit_age_seconds')
      .map(({ labels }) => labels['datname']);
    expect(visited.sort()).toEqual(['postgres', 'shop', 'with "quotes"']);
    await expect.poll(() => backends(server())).toBe(1);
  });

  it('serves what it read until the turn of a database comes again', async () => {
    const watching = await watchAs({});
    await watching.probe();
    await server().query('insert into orders values (1)', [], 'shop');

    const soon = await watching.probe();
    skew += 120_000;
    const later = await watching.probe();

    expect(soon.value('pg_stat_user_tables_n_tup_ins', { datname: 'shop' })).toBe(500);
    expect(soon.value('pgfleet_postgres_database_visit_age_seconds', { datname: 'shop' })).toBeLessThan(60);
    await expect
      .poll(async () => {
        skew += 120_000;
        return (await watching.probe()).value('pg_stat_user_tables_n_tup_ins', { datname: 'shop' });
      })
      .toBe(501);
    expect(later.failures).toEqual([]);
  });

  it('leaves out what is excluded', async () => {
    const watching = await watchAs({ databases: { include: ['shop', 'post*'], exclude: ['p*s'] } });

    const scrape = await watching.probe();

    expect(
      scrape.all('pgfleet_postgres_database_visit_age_seconds').map(({ labels }) => labels['datname']),
    ).toEqual(['shop']);
  });

  it('follows databases that come and go', async () => {
    const watching = await watchAs({});
    await watching.probe();

    await server().query('create database fresh');
    const came = await watching.probe();
    await server().query('drop database fresh');
    const went = await watching.probe();

    expect(came.value('pgfleet_postgres_database_visit_age_seconds', { datname: 'fresh' })).toBeDefined();
    expect(went.all('pgfleet_postgres_database_visit_age_seconds', { datname: 'fresh' })).toEqual([]);
    expect(went.failures).toEqual([]);
  });

  it('says of a database that refuses us why, and reads the others', async () => {
    const watching = await watchAs({});
    await server().query('create database crowded connection limit 0');

    const scrape = await watching.probe();
    await server().query('drop database crowded');

    expect(scrape.all('pgfleet_postgres_database_error').map(({ labels }) => labels)).toEqual([
      { datname: 'crowded', reason: 'too_many_connections' },
    ]);
    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.failures).toEqual([]);
    expect(tablesOf(scrape)).toHaveLength(2);
  });

  it('gives the largest tables series of their own and sums up the rest', async () => {
    await server().query('create database wide');
    for (let i = 1; i <= 12; i += 1) {
      await server().query(`create table t${i} as select generate_series(1, ${i * 200}) as n`, [], 'wide');
      await server().query(`analyze t${i}`, [], 'wide');
    }
    // It has no rows and nothing to freeze: never one of the tables that matter.
    await server().query('create table parent (n int) partition by range (n)', [], 'wide');
    const watching = await watchAs({
      databases: { include: ['wide'], exclude: [] },
      limits: { tables: 4, indexes: 4, statements: 4 },
    });
    await expect
      .poll(async () => {
        skew += 120_000;
        const scrape = await watching.probe();
        const rows = scrape.all('pg_stat_user_tables_n_tup_ins').map(({ value }) => value ?? 0);
        return rows.reduce((sum, value) => sum + value, 0);
      })
      .toBe((200 * 12 * 13) / 2);

    const first = await watching.probe();
    skew += 120_000;
    const second = await watching.probe();

    expect(tablesOf(first)).toContain('wide: public.t12');
    expect(tablesOf(first)).toContain('wide: .other');
    expect(tablesOf(first)).not.toContain('wide: public.parent');
    expect(tablesOf(first).length).toBeLessThanOrEqual(5);
    expect(tablesOf(second)).toEqual(tablesOf(first));
    expect(first.value('pgfleet_postgres_tables', { datname: 'wide' })).toBe(13);
    await server().query('drop database wide');
  });

  it('counts on for the rest when tables join it or leave it, and lets those that have series keep them', async () => {
    await server().query('create database busy');
    for (let i = 1; i <= 8; i += 1) {
      await server().query(`create table t${i} as select generate_series(1, ${900 + i}) as n`, [], 'busy');
      await server().query(`analyze t${i}`, [], 'busy');
    }
    const watching = await watchAs({
      databases: { include: ['busy'], exclude: [] },
      limits: { tables: 4, indexes: 4, statements: 4 },
    });
    const probe = async () => {
      skew += 120_000;
      const scrape = await watching.probe();
      const rest = scrape.value('pg_stat_user_tables_n_tup_ins', { datname: 'busy', relname: 'other' });
      return { tables: tablesOf(scrape), rest: rest ?? Number.NaN };
    };
    const first = await probe();
    const [winner = ''] = first.tables
      .filter((table) => !table.endsWith('other'))
      .map((table) => table.split('.')[1]);
    const outside = ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8'].filter(
      (name) => !first.tables.some((table) => table.endsWith(`.${name}`)),
    );

    // A little more than the ones that have series: they keep them.
    await server().query(`insert into ${outside[0]} select generate_series(1, 20)`, [], 'busy');
    await expect.poll(async () => (await probe()).rest).toBe(first.rest + 20);
    const same = await probe();
    // Far more than all others: it takes the place of one.
    await server().query(`insert into ${outside[0]} select generate_series(1, 5000)`, [], 'busy');
    await expect.poll(async () => (await probe()).tables).toContain(`busy: public.${outside[0]}`);
    const changed = await probe();
    await server().query(`drop table ${winner}`, [], 'busy');
    const dropped = await probe();

    expect(same.tables).toEqual(first.tables);
    expect(changed.rest).toBe(first.rest + 20 + 5000);
    expect(dropped.rest).toBe(changed.rest);
    await server().query('drop database busy');
  });
});
