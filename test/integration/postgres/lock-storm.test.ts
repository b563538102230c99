import { afterEach, beforeAll, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, type Watch, watch } from './scrape.ts';

const server = usePostgres({ major: Math.max(...installedMajors()) });
const watches: Watch[] = [];

beforeAll(async () => {
  await server().query('create table t as select generate_series(1, 100) as id');
});
afterEach(() => Promise.all(watches.splice(0).map((one) => one.close())));

async function watchNow(): Promise<Watch> {
  const watching = await watch(server());
  watches.push(watching);
  return watching;
}

it('goes on past a user table that somebody holds exclusively, without waiting', async () => {
  const holder = await server().connect();
  await holder.query('begin');
  await holder.query('lock table t in access exclusive mode');
  const watching = await watchNow();

  const scrape = await watching.probe();
  await holder.query('rollback');
  await holder.end();

  expect(scrape.value('pg_up')).toBe(1);
  expect(scrape.failures).toEqual([]);
  expect(scrape.durationMs).toBeLessThan(4000);
  expect(scrape.value('pg_stat_user_tables_seq_scan', { relname: 't' })).toBeDefined();
});

it('gives what it can, in time, while somebody holds pg_class exclusively', async () => {
  const watching = await watchNow();
  await watching.probe();
  const holder = await server().connect();
  await holder.query('begin');
  await holder.query('lock table pg_class in access exclusive mode');

  const scrape = await watching.probe(3000);
  await holder.query('rollback');
  await holder.end();

  expect(scrape.value('pg_up')).toBe(1);
  expect(scrape.durationMs).toBeLessThan(3500);
  expect(scrape.value('pg_stat_database_xact_commit', { datname: 'postgres' })).toBeGreaterThan(0);
  expect(scrape.failures.every((failure) => failure.endsWith(': timeout'))).toBe(true);
  const after = await watching.probe();
  expect(after.failures).toEqual([]);
  await expect.poll(() => backends(server())).toBe(1);
});

it('adds nothing to the queue of a lock for longer than its lock timeout', async () => {
  const watching = await watchNow();
  await watching.probe();
  const holder = await server().connect();
  await holder.query('begin');
  await holder.query('lock table pg_database in access exclusive mode');

  const startedAt = performance.now();
  const probing = watching.probe(4000);
  await expect
    .poll(
      async () => {
        const { rows } = await holder.query('select count(*)::int as n from pg_locks where not granted');
        return rows[0].n;
      },
      { interval: 20, timeout: 3000 },
    )
    .toBe(0);
  const scrape = await probing;
  await holder.query('rollback');
  await holder.end();

  expect(performance.now() - startedAt).toBeLessThan(4500);
  expect(scrape.value('pg_up')).toBe(1);
});

it('reads on past a catalog that its own facts need, and says what it could not find out', async () => {
  await server().query('create database shop');
  const watching = await watchNow();
  await watching.probe();
  const holders = [await server().connect(), await server().connect('shop')];
  for (const holder of holders) {
    await holder.query('begin');
    await holder.query('lock table pg_extension in access exclusive mode');
  }

  const scrape = await watching.probe(4000);
  const fresh = await watchNow();
  const unknown = await fresh.probe(4000);
  for (const holder of holders) {
    await holder.query('rollback');
    await holder.end();
  }

  expect(scrape.value('pg_up')).toBe(1);
  expect(scrape.reason).toBe('lock');
  expect(scrape.failures).toEqual([]);
  expect(scrape.durationMs).toBeLessThan(4500);
  expect(unknown.reason).toBe('lock');
  expect(unknown.durationMs).toBeLessThan(4500);
  for (const watch of [watching, fresh]) {
    const after = await watch.probe();
    expect([after.value('pg_up'), after.reason, after.failures]).toEqual([1, undefined, []]);
  }
});
