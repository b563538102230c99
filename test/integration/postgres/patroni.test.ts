import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

const NODE = {
  state: 'running',
  role: 'primary',
  timeline: 3,
  xlog: { location: 67_395_656 },
  cluster_unlocked: true,
  patroni: { version: '4.0.0', scope: 'shop', name: 'pg1' },
};
const ME = { scope: 'shop', name: 'pg1' };

describe('a server with Patroni', () => {
  const server = usePostgres({ major: Math.max(...installedMajors()) });
  let api: Server;
  let port: number;
  let mode: 'answer' | 'hang' | 'garbage' = 'answer';
  const open: Watch[] = [];

  beforeAll(async () => {
    api = createServer((_request, response) => {
      if (mode === 'answer') response.end(JSON.stringify(NODE));
      if (mode === 'garbage') response.end('<html>');
    });
    await new Promise<void>((resolve) => {
      api.listen(0, '127.0.0.1', resolve);
    });
    port = (api.address() as { port: number }).port;
  });
  afterAll(() => {
    api?.closeAllConnections();
    api?.close();
  });
  afterEach(async () => {
    mode = 'answer';
    for (const watching of open.splice(0)) await watching.close();
  });

  async function watchIt(target: { host: string; port: number } = server()): Promise<Watch> {
    const watching = await watch(target, { patroni: { port, tls: false } });
    open.push(watching);
    return watching;
  }

  it('is read from both, and explained', async () => {
    const watching = await watchIt();

    const scrape = await watching.probe();
    const explained = (await watching.exporter.explain('target')).collectors;

    expect(scrape.failures).toEqual([]);
    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.value('patroni_cluster_unlocked', ME)).toBe(1);
    expect(scrape.value('patroni_postgres_timeline', ME)).toBe(3);
    expect(scrape.text()).toContain('# TYPE patroni_xlog_location counter\n');
    expect(explained.find(({ name }) => name === 'patroni')).toMatchObject({
      chosen: true,
      reads: `GET http://127.0.0.1:${port}/patroni`,
      lastError: undefined,
    });
  });

  it('is read from Patroni when PostgreSQL is down', async () => {
    const watching = await watchIt({ host: '127.0.0.1', port: 1 });

    const scrape = await watching.probe();

    expect(scrape.value('pg_up')).toBe(0);
    expect(scrape.value('patroni_primary', ME)).toBe(1);
  });

  it.each([
    ['hang', 'patroni: timeout'],
    ['garbage', 'patroni: parse'],
  ] as const)('is read from PostgreSQL when Patroni gives %s', async (given, failure) => {
    mode = given;
    const watching = await watchIt();

    const scrape = await watching.probe(3000);

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.value('pg_stat_database_numbackends', { datname: 'postgres' })).toBeGreaterThan(0);
    expect(scrape.failures).toEqual([failure]);
    expect(scrape.durationMs).toBeLessThan(4000);
  });
});
