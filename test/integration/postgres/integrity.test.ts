import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Scrape, type Watch, watch } from './scrape.ts';

const majors = installedMajors();
/** Servers count checksum failures since 12. */
const counting = majors.filter((major) => major >= 12);

describe.each([Math.min(...majors), Math.max(...majors)])('ids on PostgreSQL %i', (major) => {
  const server = usePostgres({ major, settings: { autovacuum: false } });
  let watching: Watch;
  let skew = 0;

  beforeAll(async () => {
    await server().query('create table fresh (id int primary key); create table old (id int primary key)');
    await server().query('insert into old select generate_series(1, 10)');
    watching = await watch(server(), {}, () => Date.now() + skew);
  });
  afterAll(() => watching.close());

  function probe(): Promise<Scrape> {
    skew += 3_600_000;
    return watching.probe();
  }
  const database = { datname: 'postgres' };
  const table = (relname: string) => ({ ...database, schemaname: 'public', relname });

  it('of transactions age with every one that is burned, until a table is frozen', async () => {
    const before = await probe();

    for (let n = 0; n < 100; n += 1) await server().query('select txid_current()');
    await server().query('vacuum freeze fresh');
    const after = await probe();

    const grown = (name: string, labels: Record<string, string>) =>
      (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
    expect(grown('pgfleet_postgres_database_xid_age', database)).toBeGreaterThanOrEqual(100);
    expect(grown('pgfleet_postgres_table_xid_age', table('old'))).toBeGreaterThanOrEqual(100);
    expect(after.value('pgfleet_postgres_table_xid_age', table('fresh'))).toBeLessThan(20);
    const age = after.value('pgfleet_postgres_database_xid_age', database) ?? 0;
    expect(after.value('pgfleet_postgres_database_xid_freeze_ratio', database)).toBeCloseTo(age / 200e6, 9);
  });

  it('of groups of transactions age with every one, until a table is frozen', async () => {
    const before = await probe();
    const [first, second] = [await server().connect(), await server().connect()];

    await first.query('begin; select * from old for share');
    for (let n = 0; n < 30; n += 1) await second.query('select * from old for share');
    await first.query('commit');
    await Promise.all([first.end(), second.end()]);
    const aged = await probe();
    await server().query('vacuum freeze old');
    const frozen = await probe();

    const name = 'pgfleet_postgres_table_multixact_age';
    const grown = (one: Scrape) =>
      (one.value(name, table('old')) ?? 0) - (before.value(name, table('old')) ?? 0);
    expect(grown(aged)).toBeGreaterThanOrEqual(30);
    expect(frozen.value(name, table('old'))).toBeLessThan(5);
    expect(frozen.value('pgfleet_postgres_database_multixact_age', database)).toBeGreaterThanOrEqual(30);
  });
});

describe.each([Math.min(...counting), Math.max(...counting)])(
  'a corrupted page on PostgreSQL %i',
  (major) => {
    const server = usePostgres({ major, initdbArgs: ['--data-checksums'] });

    it('is counted when somebody reads it', async () => {
      const watching = await watch(server());
      await server().query('create database shop');
      await server().query(
        "create table t as select g as id, repeat('x', 100) as x from generate_series(1, 500) g",
        [],
        'shop',
      );
      const { rows } = await server().query("select pg_relation_filepath('t') as path", [], 'shop');
      const whole = await watching.probe();
      await server().query('checkpoint');
      // Stopped, not killed: what is on disk is what will be read.
      const file = join(server().dataDir, rows[0].path);
      const page = await open(file, 'r+');
      await server().restart();
      await page.write(Buffer.alloc(64, 0xee), 0, 64, 4000);
      await page.close();
      const outcome = await server()
        .query('select count(*) from t', [], 'shop')
        .catch((error: Error) => error.message);

      expect(outcome).toContain('invalid page');
      expect(whole.value('pg_settings_data_checksums')).toBe(1);
      expect(whole.value('pgfleet_postgres_database_checksum_failures_total', { datname: 'shop' })).toBe(0);
      await expect
        .poll(async () =>
          (await watching.probe()).value('pgfleet_postgres_database_checksum_failures_total', {
            datname: 'shop',
          }),
        )
        .toBe(1);
      const broken = await watching.probe();
      expect(
        broken.value('pgfleet_postgres_database_checksum_last_failure_timestamp_seconds', {
          datname: 'shop',
        }),
      ).toBeGreaterThan(Date.now() / 1000 - 60);
      expect(broken.value('pgfleet_postgres_database_checksum_failures_total', { datname: 'postgres' })).toBe(
        0,
      );
      await watching.close();
    });
  },
);
