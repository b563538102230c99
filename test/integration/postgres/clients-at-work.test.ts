import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

const majors = installedMajors();
const ACTIVE = 'pgfleet_postgres_other_clients_active_timestamp_seconds';

/** Who uses a server: the ground on which it is called idle, or an application careless. */
describe.each([Math.min(...majors), Math.max(...majors)])('clients at work on PostgreSQL %i', (major) => {
  const server = usePostgres({ major });
  let watching: Watch;
  const open: pg.Client[] = [];

  beforeAll(async () => {
    await server().query(
      'create role app login; create role zabbix login; grant pg_monitor to zabbix; create role boss login superuser',
    );
    watching = await watch(server());
  });
  afterEach(() => Promise.all(open.splice(0).map((client) => client.end())));
  afterAll(() => watching?.close());

  async function session(user: string, application_name: string, host = server().host): Promise<pg.Client> {
    const client = new pg.Client({ host, port: server().port, user, database: 'postgres', application_name });
    client.on('error', () => undefined);
    await client.connect();
    open.push(client);
    return client;
  }

  it('leaves out ourselves, other monitoring, backups and failover managers', async () => {
    await session('zabbix', 'zabbix');
    await session('postgres', 'pgBackRest [backup]');
    await session('postgres', 'Patroni heartbeat');

    const scrape = await watching.probe();

    expect(scrape.value('pgfleet_postgres_other_clients')).toBe(0);
    expect(scrape.value(ACTIVE)).toBeUndefined();
  });

  it('tells a session that only waits from one that works', async () => {
    const client = await session('app', 'shop');
    await client.query('select 1');
    const idle = (await watching.probe()).value(ACTIVE);
    await client.query('select pg_sleep(0.1)');
    const waiting = await watching.probe();

    expect(waiting.value('pgfleet_postgres_other_clients')).toBe(1);
    expect(waiting.value(ACTIVE)).toBeGreaterThan(idle ?? Number.POSITIVE_INFINITY);
    expect((await watching.probe()).value(ACTIVE)).toBe(waiting.value(ACTIVE));

    const running = client.query('select pg_sleep(1)');
    const working = await watching.probe();
    await running;

    expect(working.value(ACTIVE)).toBeGreaterThan(waiting.value(ACTIVE) ?? Number.POSITIVE_INFINITY);
  });

  it('says which superuser applications log in as', async () => {
    await session('boss', 'shop');
    await session('app', 'shop');

    const sessions = (await watching.probe()).all('pgfleet_postgres_superuser_sessions');

    expect(Object.fromEntries(sessions.map(({ labels, value }) => [labels['usename'], value]))).toEqual({
      boss: 1,
      postgres: 0,
    });
  });

  it('calls sessions hidden that the monitoring role may not see', async () => {
    await session('boss', 'shop');
    const blind = await watch(server(), { user: 'app' });
    const scrape = await blind.probe();
    await blind.close();

    expect(scrape.value('pgfleet_postgres_other_clients_hidden')).toBe(1);
    expect(scrape.value('pgfleet_postgres_superuser_sessions', { usename: 'boss' })).toBeUndefined();
  });
});
