import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, type Scrape, type Watch, watch } from './scrape.ts';

const newest = Math.max(...installedMajors());
const open: Watch[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function watchFor(...args: Parameters<typeof watch>): Promise<Watch> {
  const watching = await watch(...args);
  open.push(watching);
  return watching;
}

const visited = (scrape: Scrape) =>
  scrape.all('pgfleet_postgres_database_visit_age_seconds').map(({ labels }) => labels['datname']);

describe('a database that', () => {
  const server = usePostgres({ major: newest });
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-databases-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is dropped while it is read costs its own numbers only', async () => {
    for (const name of ['before', 'doomed', 'later']) await server().query(`create database ${name}`);
    const file = join(folder, 'slow.yml');
    await writeFile(
      file,
      `collectors:
  - name: slow
    help: X.
    scope: database
    databases: [doomed]
    queries: [{ sql: "select 1 as n from pg_sleep(20)" }]
    metrics: [{ name: my_slow, type: gauge, help: X., column: n }]
`,
    );
    const watching = await watchFor(server(), { user_collectors: [file] });

    const probing = watching.probe();
    await expect
      .poll(
        async () =>
          (
            await server().query(
              "select from pg_stat_activity where query like '%pg_sleep(20)%' and datname = 'doomed'",
            )
          ).rowCount,
        { interval: 20 },
      )
      .toBe(1);
    await server().query('drop database doomed with (force)');
    const scrape = await probing;
    const after = await watching.probe();

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.durationMs).toBeLessThan(5000);
    expect(scrape.all('pgfleet_postgres_database_error', { datname: 'doomed' })).toHaveLength(1);
    expect(visited(scrape)).toEqual(expect.arrayContaining(['before', 'later']));
    expect(scrape.failures).toEqual([]);
    expect(after.all('pgfleet_postgres_database_error')).toEqual([]);
    expect(after.all('pgfleet_postgres_tables', { datname: 'doomed' })).toEqual([]);
    await expect.poll(() => backends(server())).toBe(1);
  });
});

describe('1,000 databases', () => {
  const COUNT = 1000;
  const server = usePostgres({ major: newest, settings: { autovacuum: false } });

  /** As many real ones would be seven gigabytes: these share the files of one, which we only read. */
  beforeAll(async () => {
    await server().query('create database shared');
    await server().query('checkpoint');
    const { rows } = await server().query("select oid from pg_database where datname = 'shared'");
    const base = join(server().dataDir, 'base');
    for (let n = 1; n <= COUNT; n += 1) await symlink(String(rows[0].oid), join(base, String(100_000 + n)));
    const client = await server().connect();
    await client.query('set allow_system_table_mods = on');
    await client.query(
      `create temp table copies as
       select d.*, n from pg_database d, generate_series(1, ${COUNT}) n where datname = 'shared'`,
    );
    await client.query("update copies set oid = 100000 + n, datname = 'tenant' || n");
    await client.query('alter table copies drop column n');
    await client.query('insert into pg_database select * from copies');
    await client.end();
  });

  it('take turns: every scrape is in time and reads others, over one connection', async () => {
    const watching = await watchFor(server());

    const scrapes = [await watching.probe(3000), await watching.probe(3000)];

    for (const scrape of scrapes) {
      expect(scrape.value('pg_up')).toBe(1);
      expect(scrape.durationMs).toBeLessThan(3500);
      expect(scrape.all('pg_stat_database_numbackends').length).toBeGreaterThan(COUNT);
      expect(scrape.value('pgfleet_postgres_databases_waiting')).toBeGreaterThan(0);
    }
    const counts = scrapes.map((scrape) => scrape.all('pgfleet_postgres_tables').length);
    expect(scrapes.flatMap(({ failures }) => failures)).toEqual([]);
    expect(scrapes.flatMap((scrape) => scrape.all('pgfleet_postgres_database_error'))).toEqual([]);
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
    await expect.poll(() => backends(server())).toBe(1);
  });
});
