import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../cli/demo/embedded-postgres.ts';
import { freePort } from '../../cli/demo/free-port.ts';
import { installedMajors, POSTGRES_MAJORS } from '../../cli/demo/postgres-package.ts';
import { startStandby } from '../../cli/demo/postgres-standby.ts';
import { childrenOf, isAlive } from '../../cli/demo/postmaster.ts';
import { startTestPostgres } from '../support/postgres.ts';

const majors = installedMajors();
const newest = Math.max(...majors);
const servers: PostgresServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop('immediate')));
});

async function start(options: Parameters<typeof startTestPostgres>[0]): Promise<PostgresServer> {
  const server = await startTestPostgres(options);
  servers.push(server);
  return server;
}

it.runIf(process.platform === 'linux' && process.arch === 'x64')('every major is installed', () => {
  expect(majors).toEqual([...POSTGRES_MAJORS]);
});

describe.each(majors)('PostgreSQL %i', (major) => {
  it('starts, streams to a standby and stops without leaving anything behind', async () => {
    const primary = await start({ major, superuserPassword: "se'cr\\et", settings: { max_connections: 60 } });
    await primary.query('create table t as select generate_series(1, 1000) as n');

    const standby = await startStandby(primary, { applicationName: 'replica', slot: 'replica' });
    servers.push(standby);
    await primary.query('insert into t values (1001)');

    const version = await primary.query('show server_version_num');
    expect(Number(version.rows[0].server_version_num.slice(0, 2))).toBe(major);
    await expect
      .poll(async () => (await standby.query('select count(*)::int as n from t')).rows[0].n, {
        timeout: 20_000,
      })
      .toBe(1001);
    expect((await standby.query('select pg_is_in_recovery() as r')).rows).toEqual([{ r: true }]);
    expect((await primary.query('select application_name, state from pg_stat_replication')).rows).toEqual([
      { application_name: 'replica', state: 'streaming' },
    ]);
    const family = [primary, standby].flatMap(({ pid = 0 }) => [pid, ...childrenOf(pid)]);
    await standby.stop();
    await primary.stop();
    expect(family.filter(isAlive)).toEqual([]);
    expect(existsSync(primary.home)).toBe(false);
  });

  it('ships pg_stat_statements', async () => {
    const server = await start({ major, settings: { shared_preload_libraries: 'pg_stat_statements' } });

    await server.query('create extension pg_stat_statements');

    const { rows } = await server.query('select count(*) > 0 as some from pg_stat_statements');
    expect(rows).toEqual([{ some: true }]);
  });
});

describe('a server', () => {
  it('keeps its port and data over a restart, and recovers after SIGKILL', async () => {
    const server = await start({ major: newest });
    const { port } = server;
    await server.query('create table t (n int)');

    await server.restart();
    await server.query('insert into t values (1)');
    await server.kill9();
    expect(server.pid).toBeUndefined();
    await server.start();

    expect(server.port).toBe(port);
    expect((await server.query('select n from t')).rows).toEqual([{ n: 1 }]);
  });

  it('hangs while paused, accepts connections and does not answer', async () => {
    const server = await start({ major: newest });

    server.pause();

    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect(server.port, server.host);
      socket.once('connect', () => {
        socket.write(Buffer.from('0000000804d2162f', 'hex'));
        setTimeout(() => socket.destroy(), 500);
      });
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    expect(answered).toBe(false);
    server.resume();
    expect((await server.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('stops while paused', async () => {
    const server = await start({ major: newest });
    const { pid = 0 } = server;
    server.pause();

    await server.stop('immediate');

    expect(isAlive(pid)).toBe(false);
  });

  it('is stopped by its abort signal', async () => {
    const abort = new AbortController();
    const server = await start({ major: newest, signal: abort.signal });

    abort.abort();

    await expect.poll(() => server.pid).toBeUndefined();
    await sleep(50);
  });

  it('obeys a pg_hba.conf that refuses even us', async () => {
    const server = await start({ major: newest, hba: 'host all all 127.0.0.1/32 reject\n' });

    await expect(server.query('select 1')).rejects.toThrow(/pg_hba.conf rejects connection/);
  });

  it('that cannot start says why, with its log, and leaves nothing behind', async () => {
    const starting = startPostgres({ major: newest, settings: { shared_buffers: 'a lot' } });

    await expect(starting).rejects.toThrow(
      /did not start on port \d+[\s\S]*invalid value for parameter "shared_buffers"/,
    );
  });

  it('names the port when it is taken', async () => {
    const first = await start({ major: newest });

    await expect(startPostgres({ major: newest, port: first.port })).rejects.toThrow(
      `port ${first.port} is taken by another program`,
    );
    expect(await freePort()).not.toBe(first.port);
  });
});
