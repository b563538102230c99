import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../cli/config.ts';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { startService } from '../../../cli/serve.ts';
import { createLogger } from '../../../lib/log.ts';
import { projectFile } from '../../../lib/project-file.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

const majors = installedMajors();
const folder = await mkdtemp(join(tmpdir(), 'pgfleet-user-collectors-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const open: Watch[] = [];
afterEach(async () => {
  for (const watching of open.splice(0)) await watching.close();
});

/** The example of the how-to, so that it stays true. */
async function documentedExample(): Promise<string> {
  const page = await readFile(projectFile('docs/how-to/user-collectors.md'), 'utf8');
  const example = /```yaml\n(?<yaml>collectors:\n[\s\S]*?)```/.exec(page)?.groups?.['yaml'];
  if (example === undefined) throw new Error('the how-to has no example');
  return example;
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe.each([Math.min(...majors), 14, Math.max(...majors)])('user collectors on PostgreSQL %i', (major) => {
  const server = usePostgres({ major });

  beforeAll(async () => {
    await server().query('create database shop');
    await server().query('create role monitor login');
    await server().query('create sequence numbers');
    await server().query('grant all on sequence numbers to monitor');
    const client = await server().connect('shop');
    await client.query(
      "create table orders as select 'open'::text as state, now() - interval '90 s' as created",
    );
    await client.query('grant select on orders to monitor');
    await client.query('create table secrets (x int)');
    await client.end();
  });

  async function watchWith(...files: string[]): Promise<Watch> {
    const watching = await watch(server(), { user: 'monitor', user_collectors: files });
    open.push(watching);
    return watching;
  }

  it('run as documented, in the database that is named', async () => {
    const watching = await watchWith(await file(`shop-${major}.yml`, await documentedExample()));

    const scrape = await watching.probe();

    expect(scrape.failures).toEqual([]);
    expect(scrape.all('shop_orders').map(({ labels }) => labels)).toEqual([
      { state: 'open', datname: 'shop' },
    ]);
    expect(scrape.value('shop_orders')).toBe(1);
    const oldest = scrape.value('shop_orders_oldest_seconds', { state: 'open' }) ?? Number.NaN;
    if (major < 14) expect(oldest).toBe(0);
    else expect(oldest).toBeGreaterThanOrEqual(90);
    expect(scrape.text()).toContain('# TYPE shop_orders gauge\n');
    const explained = (await watching.exporter.explain('target')).collectors;
    expect(explained.find(({ name }) => name === 'shop_orders')).toMatchObject({
      chosen: true,
      ttlSeconds: 60,
      timeoutSeconds: 2,
      lastError: undefined,
    });
  });

  it('fail alone, each with its reason, and never write', async () => {
    const collector = (name: string, sql: string, more = '') =>
      `  - { name: ${name}, help: X., ${more}queries: [{ sql: "${sql}" }], metrics: [{ name: my_${name}, type: gauge, help: X., column: n }] }`;
    const watching = await watchWith(
      await file(
        `bad-${major}.yml`,
        [
          'collectors:',
          collector('fine', 'select 7 as n'),
          collector('gone', 'select n from nowhere'),
          collector('slow', 'select 1 as n from pg_sleep(30)', 'timeout: 300ms, '),
          collector('text', "select 'many' as n"),
          collector(
            'writes',
            'with x as (insert into pg_temp.t values (1) returning 1) select 1 as n from x',
          ),
          collector('draws', "select nextval('public.numbers') as n"),
          collector('secret', 'select x as n from secrets', 'scope: database, databases: [shop], '),
          collector('newer', 'select 1 as n').replace('{ sql:', '{ min_version: 99, sql:'),
        ].join('\n'),
      ),
    );

    const scrape = await watching.probe();

    expect(scrape.value('my_fine')).toBe(7);
    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.failures.sort()).toEqual([
      'draws: query',
      'gone: query',
      'secret: query',
      'slow: timeout',
      'text: parse',
      'writes: query',
    ]);
    expect(scrape.skipped).toContain('newer: version');
    expect(scrape.value('pgfleet_collector_success', { collector: 'locks' })).toBe(1);
    const explained = (await watching.exporter.explain('target')).collectors;
    const error = (name: string) => explained.find((collector) => collector.name === name)?.lastError;
    expect(error('gone')).toContain('relation "nowhere" does not exist');
    expect(error('draws')).toContain('read-only transaction');
    expect(error('secret')).toContain('permission denied');
    expect((await watching.probe()).value('my_fine')).toBe(7);
  });

  it('of postgres_exporter run as they are', async () => {
    const queries = `
pg_clock:
  query: "SELECT now() AS seconds, current_setting('search_path') AS path, '1h30m'::text AS span"
  cache_seconds: 0
  metrics:
    - path: { usage: "LABEL", description: "Search path" }
    - seconds: { usage: "GAUGE", description: "Now" }
    - span: { usage: "DURATION", description: "Span" }
pg_future:
  query: "SELECT 1 AS x"
  runonserver: ">=99.0.0"
  metrics:
    - x: { usage: "COUNTER", description: "X" }
`;
    const watching = await watchWith(await file(`queries-${major}.yaml`, queries));

    const scrape = await watching.probe();

    expect(scrape.failures).toEqual([]);
    expect(scrape.value('pg_clock_seconds', { path: '"$user", public' })).toBeCloseTo(Date.now() / 1000, -2);
    expect(scrape.value('pg_clock_span_milliseconds')).toBe(5_400_000);
    expect(scrape.skipped).toContain('pg_future: version');
  });
});

it('are read again with the configuration, and a bad file changes nothing', async () => {
  const collectors = (name: string) =>
    `collectors: [{ name: ${name}, help: X., queries: [{ sql: select 1 as n }], metrics: [{ name: ${name}, type: gauge, help: X., column: n }] }]`;
  const path = await file('reloaded.yml', collectors('first'));
  const config = await file(
    'pgfleet.yml',
    'postgres: { user_collectors: [reloaded.yml] }\nservers: [{ name: db1, address: "127.0.0.1:1" }]\n',
  );
  const service = await startService({
    load: () => loadConfig({ file: config, env: {} }),
    parts: ['exporters'],
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.0.0',
    log: createLogger({ name: 'test', level: 'silent' }),
  });
  try {
    await writeFile(path, collectors('second').replace('select 1', 'delete'));
    expect(await service.reload()).toEqual({
      ok: false,
      error: expect.stringMatching(
        /reloaded\.yml:1:\d+: collectors\[0\]\.queries\[0\]\.sql: expected a statement that only reads/,
      ),
    });

    await writeFile(path, collectors('second'));
    expect(await service.reload()).toEqual({ ok: true });
  } finally {
    await service.close();
  }
});
