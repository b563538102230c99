import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Scrape, type Watch, watch } from './scrape.ts';

const majors = installedMajors();

/** Indexes, sequences, sizes, extensions, statements: what databases hold. */
describe.each([Math.min(...majors), Math.max(...majors)])('objects on PostgreSQL %i', (major) => {
  const server = usePostgres({
    major,
    settings: { shared_preload_libraries: 'pg_stat_statements', autovacuum: false },
  });
  const shop = { datname: 'shop' };
  let watching: Watch;
  let skew = 0;

  beforeAll(async () => {
    await server().query('create database shop');
    await server().query('create extension pg_stat_statements');
    await run('create table orders (id serial primary key, customer int, note text)');
    await run(
      "insert into orders (customer, note) select g % 100, repeat('x', 100) from generate_series(1, 20000) g",
    );
    watching = await watch(
      server(),
      { limits: { tables: 50, indexes: 50, statements: 8 } },
      () => Date.now() + skew,
    );
  });
  afterAll(() => watching.close());

  const run = (sql: string) => server().query(sql, [], 'shop');
  async function probe(): Promise<Scrape> {
    skew += 3_600_000;
    // Databases take turns: with three of them one hour is enough for all.
    return watching.probe();
  }
  const onOrders = { ...shop, schemaname: 'public', relname: 'orders' };

  it('indexes that are used, not used, there twice, and broken', async () => {
    await run('create index by_customer on orders (customer)');
    await run('create index by_customer_again on orders (customer)');
    await run('create index by_note on orders (note)');
    await run('insert into orders (id, note) values (0, repeat($$x$$, 100))');
    await run('create unique index concurrently broken on orders (note)').catch(() => undefined);
    await run('set enable_seqscan = off; select count(*) from orders where customer = 7');
    await run('analyze orders');

    await expect
      .poll(async () => {
        const scrape = await probe();
        return scrape
          .all('pgfleet_postgres_index_findings', shop)
          .map(({ labels, value }) => [labels['finding'], value]);
      })
      .toEqual(
        expect.arrayContaining([
          ['invalid', 1],
          ['duplicate', 1],
          ['unused', 2],
        ]),
      );
    const scrape = await probe();

    const named = scrape
      .all('pgfleet_postgres_index_finding_bytes', shop)
      .map(({ labels }) => `${labels['finding']} ${labels['indexrelname']}`);
    expect(named).toEqual(expect.arrayContaining(['invalid broken', 'unused by_note']));
    expect(named.filter((name) => name.startsWith('duplicate'))).toEqual(['duplicate by_customer_again']);
    expect(
      scrape.value('pgfleet_postgres_index_page_bytes', { ...onOrders, indexrelname: 'by_note' }),
    ).toBeGreaterThan(100_000);
    const scans = ['by_customer', 'by_customer_again'].map(
      (indexrelname) =>
        scrape.value('pgfleet_postgres_index_scans_total', { ...onOrders, indexrelname }) ?? 0,
    );
    expect(Math.max(...scans)).toBe(1);
    expect(
      scrape.value('pg_statio_user_indexes_idx_blks_hit_total', { ...onOrders, indexrelname: 'orders_pkey' }),
    ).toBeGreaterThan(0);
  });

  it('sequences that run out', async () => {
    await run('create sequence small maxvalue 200');
    await run("select setval('small', 150)");
    await run('create sequence down increment -1 minvalue -100 maxvalue -1 start -1');
    await run("select setval('down', -25)");
    await run('create sequence round maxvalue 10 cycle');
    await run("select nextval('round')");
    await run("select setval('orders_id_seq', 2147483647 / 2)");
    await run('create sequence exhausted maxvalue 3');
    for (let n = 0; n < 3; n += 1) await run("select nextval('exhausted')");
    const refused = await run("select nextval('exhausted')").catch((error: Error) => error.message);

    const scrape = await probe();

    const used = (sequencename: string) =>
      scrape.value('pgfleet_postgres_sequence_used_ratio', { ...shop, sequencename });
    expect(used('small')).toBeCloseTo(0.75);
    expect(used('down')).toBeCloseTo(0.25);
    // A serial column is an integer, whatever its sequence could count to.
    expect(used('orders_id_seq')).toBeCloseTo(0.5, 3);
    expect(used('round')).toBeUndefined();
    expect(refused).toContain('reached maximum value');
    expect(used('exhausted')).toBe(1);
    expect(scrape.value('pgfleet_postgres_sequences', shop)).toBe(5);
    expect(scrape.value('pgfleet_postgres_sequences_hidden', shop)).toBe(0);
  });

  it('sizes of tables, except of those that somebody locks exclusively or wants to', async () => {
    await run('create table busy as select generate_series(1, 1000) as n');
    await run('create table wanted as select generate_series(1, 1000) as n');
    const [holder, reader, waiter] = [
      await server().connect('shop'),
      await server().connect('shop'),
      await server().connect('shop'),
    ];
    await holder.query('begin; lock table busy in access exclusive mode');
    await reader.query('begin; select count(*) from wanted');
    const waiting = waiter.query('alter table wanted add column x int').catch(() => undefined);

    const scrape = await probe();
    await Promise.all([holder.query('rollback'), reader.query('rollback')]);
    await waiting;
    await Promise.all([holder.end(), reader.end(), waiter.end()]);

    const size = (relname: string) =>
      scrape.value('pg_stat_user_tables_table_size_bytes', { ...shop, relname });
    expect(size('orders')).toBeGreaterThan(2_000_000);
    expect(size('busy')).toBeUndefined();
    expect(size('wanted')).toBeUndefined();
    expect(scrape.value('pgfleet_postgres_table_sizes_skipped', shop)).toBe(2);
    expect(scrape.failures).toEqual([]);
    expect(scrape.value('pg_stat_user_tables_index_size_bytes', onOrders)).toBeGreaterThan(100_000);
    expect((await probe()).value('pgfleet_postgres_table_sizes_skipped', shop)).toBe(0);
  });

  it('empty space in a table, which vacuum does not give back', async () => {
    await run(
      "create table emptied as select g as id, repeat('x', 200) as x from generate_series(1, 40000) g",
    );
    await run('analyze emptied');
    const full = await probe();
    await run('delete from emptied where id % 10 <> 0');
    await run('vacuum emptied');
    await run('analyze emptied');
    const emptied = await probe();

    const labels = { ...shop, relname: 'emptied' };
    const { rows } = await run("select pg_relation_size('emptied')::float8 as bytes");
    expect(full.value('pgfleet_postgres_table_bloat_bytes', labels)).toBeUndefined();
    const share = (emptied.value('pgfleet_postgres_table_bloat_bytes', labels) ?? 0) / rows[0].bytes;
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(0.95);
  });

  it('a schema where everybody may create objects', async () => {
    await run('grant create on schema public to public');
    const open = await probe();
    await run('revoke create on schema public from public');
    const closed = await probe();

    expect(open.value('pgfleet_postgres_public_schema_writable', shop)).toBe(1);
    expect(closed.value('pgfleet_postgres_public_schema_writable', shop)).toBe(0);
  });

  it('extensions', async () => {
    const scrape = await probe();

    const found = scrape.all('pgfleet_postgres_extension_info', {
      datname: 'postgres',
      extension: 'pg_stat_statements',
    });
    expect(found[0]?.labels['version']).toMatch(/^1\.\d+$/);
    if (major >= 13) {
      expect(
        scrape.value('pgfleet_postgres_extension_outdated', {
          datname: 'postgres',
          extension: 'pg_stat_statements',
        }),
      ).toBe(0);
    }
  });

  it('statements, the expensive ones by themselves and the rest together', async () => {
    await server().query('select pg_stat_statements_reset()');
    for (let i = 1; i <= 30; i += 1) await run(`select ${'1, '.repeat(i)} 1`);
    for (let i = 0; i < 50; i += 1) await run('select count(*) from orders where customer = 3');
    const { rows } = await server().query(
      `select queryid::text as id, calls::int from pg_stat_statements where query like 'select count(*) from orders%'`,
    );

    const scrape = await probe();
    const again = await probe();

    const { id: queryid } = rows[0];
    const own = { user: 'postgres', datname: 'shop', queryid };
    expect(scrape.value('pg_stat_statements_calls_total', own)).toBe(50);
    expect(scrape.value('pg_stat_statements_rows_total', own)).toBe(50);
    expect(scrape.value('pg_stat_statements_seconds_total', own)).toBeGreaterThan(0);
    const queries = scrape.all('pg_stat_statements_calls_total').map(({ labels }) => labels['queryid']);
    expect(queries.length).toBeLessThanOrEqual(9);
    expect(queries).toContain('other');
    const total = (one: Scrape) =>
      one.all('pg_stat_statements_calls_total').reduce((sum, { value }) => sum + (value ?? 0), 0);
    expect(total(scrape)).toBeGreaterThanOrEqual(80);
    expect(total(again)).toBeGreaterThanOrEqual(total(scrape));
    expect(scrape.text()).not.toContain('select count');
  });
});

describe.each([Math.min(...majors), Math.max(...majors)])('logical replication on PostgreSQL %i', (major) => {
  const publisher = usePostgres({ major, settings: { wal_level: 'logical' } });
  const subscriber = usePostgres({ major, settings: { wal_level: 'logical' } });

  it('shows both ends, and a subscription that fails', async () => {
    await publisher().query('create table t (id int primary key)');
    await publisher().query('create publication everything for all tables');
    await subscriber().query('create table t (id int primary key)');
    await subscriber().query(
      `create subscription copy connection 'host=127.0.0.1 port=${publisher().port} user=postgres' publication everything`,
    );
    const there = await watch(publisher());
    const here = await watch(subscriber());
    await publisher().query('insert into t select generate_series(1, 100)');

    await expect
      .poll(async () =>
        (await here.probe()).value('pgfleet_postgres_subscription_running', { subname: 'copy' }),
      )
      .toBe(1);
    await expect
      .poll(
        async () => (await there.probe()).all('pgfleet_postgres_replication_client_info')[0]?.labels['state'],
      )
      .toBe('streaming');
    const slot = await there.probe();
    await expect
      .poll(async () => {
        // A watch of its own for each look: databases have their turn once a minute.
        const fresh = await watch(subscriber());
        const scrape = await fresh.probe();
        await fresh.close();
        return scrape.value('pgfleet_postgres_subscription_tables', { subname: 'copy', state: 'ready' });
      })
      .toBe(1);
    expect((await here.probe()).value('pgfleet_postgres_subscription_enabled', { subname: 'copy' })).toBe(1);
    await subscriber().query('alter subscription copy disable');
    expect((await here.probe()).value('pgfleet_postgres_subscription_enabled', { subname: 'copy' })).toBe(0);
    const stopped = async () =>
      (await here.probe()).value('pgfleet_postgres_subscription_running', { subname: 'copy' });
    await expect.poll(stopped).toBe(0);
    await publisher().query('insert into t select generate_series(1000, 20000)');

    expect(slot.value('pg_replication_slots_active', { slot_name: 'copy', database: 'postgres' })).toBe(1);
    await expect
      .poll(async () =>
        (await there.probe()).value('pgfleet_postgres_replication_slot_unconfirmed_bytes', {
          slot_name: 'copy',
        }),
      )
      .toBeGreaterThan(100_000);
    await Promise.all([there.close(), here.close()]);
    await subscriber().query('alter subscription copy set (slot_name = none)');
    await subscriber().query('drop subscription copy');
  });
});
