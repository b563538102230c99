import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Scrape, type Watch, watch } from './scrape.ts';

const server = usePostgres({
  major: Math.max(...installedMajors()),
  settings: { shared_preload_libraries: 'pg_stat_statements' },
});
let watching: Watch;

beforeAll(async () => {
  await server().query('create role monitor login');
  await server().query('grant pg_monitor to monitor');
  watching = await watch(server(), { user: 'monitor' });
  await watching.probe();
});
afterAll(() => watching.close());

const ran = (scrape: Scrape, collector: string) =>
  scrape.value('pgfleet_collector_success', { collector }) ?? `skipped: ${reason(scrape, collector)}`;
const reason = (scrape: Scrape, collector: string) =>
  scrape.all('pgfleet_collector_skipped', { collector })[0]?.labels['reason'];

/** A change shows in the very next scrape, over the same connection. */
async function after(...statements: string[]): Promise<Scrape> {
  for (const statement of statements) await server().query(statement);
  const scrape = await watching.probe();
  expect(scrape.failures).toEqual([]);
  expect(scrape.value('pgfleet_postgres_connections_opened_total')).toBe(1);
  return scrape;
}

it('runs what a new extension allows, wherever its schema is moved, until it is dropped', async () => {
  const before = await after();
  const created = await after('create extension pg_stat_statements');
  const moved = await after(
    'create schema elsewhere',
    'alter extension pg_stat_statements set schema elsewhere',
  );
  const { collectors } = await watching.exporter.explain('target');
  const dropped = await after('drop extension pg_stat_statements');

  expect(ran(before, 'statements')).toBe('skipped: extension');
  expect([created, moved].map((scrape) => ran(scrape, 'statements'))).toEqual([1, 1]);
  expect(collectors.find(({ name }) => name === 'statements')?.reads).toContain(
    'from elsewhere.pg_stat_statements',
  );
  expect(ran(dropped, 'statements')).toBe('skipped: extension');
});

it('leaves out exactly what a revoked privilege was needed for, until it is granted', async () => {
  const before = await after();
  const revoked = await after('revoke pg_monitor from monitor');
  const narrow = await after('grant execute on function pg_ls_waldir() to monitor');
  const granted = await after('grant pg_monitor to monitor');

  expect(ran(before, 'stat_replication')).toBe(1);
  for (const collector of ['stat_replication', 'stat_activity', 'blocking', 'ssl', 'archive_backlog', 'wal'])
    expect(ran(revoked, collector)).toBe('skipped: permission');
  for (const collector of ['stat_database', 'locks', 'connections', 'wraparound', 'tables'])
    expect(ran(revoked, collector)).toBe(1);
  expect([ran(narrow, 'wal'), ran(narrow, 'archive_backlog')]).toEqual([1, 'skipped: permission']);
  expect(granted.skipped.filter((skip) => skip.endsWith('permission'))).toEqual(
    before.skipped.filter((skip) => skip.endsWith('permission')),
  );
});
