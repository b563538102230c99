import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../cli/config.ts';
import { serviceLook } from '../../../cli/look-around.ts';
import { PostgresFailure } from '../../../exporters/postgres/failure.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, watch } from './scrape.ts';

const server = usePostgres({ major: 16 });
const noSignal = new AbortController().signal;

describe('a question beside the scrapes', () => {
  it('goes over their session, whether or not one is running', async () => {
    const { exporter, probe, close } = await watch(server());

    expect(await exporter.ask('target', 'select 1 as one')).toEqual([{ one: 1 }]);
    const pid = 'select pg_backend_pid() as pid';
    const [scrape, ...answers] = await Promise.all([
      probe(),
      ...Array.from({ length: 20 }, () => exporter.ask('target', pid)),
    ]);

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.failures).toEqual([]);
    expect(new Set(answers.map(([row]) => row?.['pid'])).size).toBe(1);
    expect(await backends(server())).toBe(1);
    await close();
  });

  it('shares the first connection with the others that come before it is there', async () => {
    const { exporter, probe, close } = await watch(server());

    await Promise.all([probe(), ...Array.from({ length: 5 }, () => exporter.ask('target', 'select 1'))]);
    await Promise.all(Array.from({ length: 5 }, () => exporter.ask('target', 'select 1')));
    await close();
    const { exporter: fresh, close: closeFresh } = await watch(server());
    await Promise.all(Array.from({ length: 5 }, () => fresh.ask('target', 'select 1')));

    expect(await backends(server())).toBe(1);
    await closeFresh();
    expect(await backends(server())).toBe(0);
  });

  it('that the server refuses leaves the session as it is', async () => {
    const { exporter, probe, close } = await watch(server());
    await probe();

    const refused = exporter.ask('target', 'select nothing from nowhere');
    await expect(refused).rejects.toMatchObject({ reason: 'query', sqlState: '42P01' });
    const writing = exporter.ask('target', 'create table of_ours ()');
    await expect(writing).rejects.toMatchObject({ sqlState: '25006' });

    expect((await probe()).value('pgfleet_postgres_connections_opened_total')).toBe(1);
    await close();
  });

  it('finds a session that somebody ended replaced', async () => {
    const { exporter, probe, close } = await watch(server());
    await probe();

    await server().query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgfleet'",
    );

    expect(await exporter.ask('target', 'select 1 as one')).toEqual([{ one: 1 }]);
    await close();
  });

  it('does not outlast its time, and the scrape after it is well', async () => {
    const { exporter, probe, close } = await watch(server());
    const slow = exporter.ask('target', 'select pg_sleep(60)');
    const asked = expect(slow).rejects.toMatchObject({ reason: 'timeout' });

    const scrape = await probe(10_000);

    await asked;
    expect(scrape.value('pg_up')).toBe(1);
    await close();
  }, 20_000);
});

describe('discovery of a service and a server that is silent', () => {
  const load = async (folder: string) => {
    const file = join(folder, 'pgfleet.yml');
    await writeFile(file, 'servers: [{ name: silent, address: "127.0.0.1:5999" }]\n');
    return loadConfig({ file, env: {} });
  };

  it('waits for it once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgfleet-questions-'));
    const config = await load(folder);
    let asked = 0;
    const look = serviceLook(
      () => config,
      async () => {
        asked += 1;
        throw new PostgresFailure('timeout', 'no answer');
      },
    );

    const { gaps } = await look(noSignal, undefined);

    expect(asked).toBe(1);
    expect(gaps.filter(({ where }) => where === 'silent').length).toBeGreaterThan(1);
    await rm(folder, { recursive: true });
  });

  it('ends at once when the service stops', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgfleet-questions-'));
    const config = await load(folder);
    const stop = new AbortController();
    const look = serviceLook(
      () => config,
      () => {
        stop.abort();
        return new Promise(() => undefined);
      },
    );

    const ended = look(stop.signal, undefined).then(
      () => 'ended',
      () => 'ended',
    );

    expect(await ended).toBe('ended');
    await rm(folder, { recursive: true });
  });
});

it('discovery of a service opens no sessions of its own', async () => {
  const { host, port } = server();
  const { exporter, probe, close } = await watch(server());
  await probe();
  const folder = await mkdtemp(join(tmpdir(), 'pgfleet-questions-'));
  const file = join(folder, 'pgfleet.yml');
  await writeFile(
    file,
    `postgres: { user: postgres }\nservers: [{ name: target, address: "${host}:${port}" }]\n`,
  );
  const config = await loadConfig({ file, env: {} });
  const asked: string[] = [];
  const look = serviceLook(
    () => config,
    (name, sql) => {
      asked.push(name);
      return exporter.ask(name, sql);
    },
  );

  const { instances } = await look(noSignal, undefined);

  expect(instances.filter(({ servers }) => servers.some(({ name }) => name === 'target'))).toHaveLength(1);
  expect(new Set(asked)).toEqual(new Set(['target']));
  expect((await probe()).value('pgfleet_postgres_connections_opened_total')).toBe(1);
  await close();
  await rm(folder, { recursive: true });
});
