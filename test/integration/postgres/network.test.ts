import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { backends, expectDown, type Watch, watch } from './scrape.ts';

const newest = Math.max(...installedMajors());
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function watchFor(...args: Parameters<typeof watch>): Promise<Watch> {
  const watching = await watch(...args);
  cleanups.push(() => watching.close());
  return watching;
}

describe('a network that', () => {
  const server = usePostgres({ major: newest });

  /** Sits between exporter and server and can be told to misbehave. */
  async function proxyTo({ port, host }: PostgresServer) {
    const sockets: Socket[] = [];
    let mode: 'pass' | 'drop' = 'pass';
    let limit = { bytes: Number.POSITIVE_INFINITY, times: 'always' };
    const proxy: Server = createServer((client) => {
      const upstream = connect(port, host);
      sockets.push(client, upstream);
      client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('data', (chunk) => mode === 'pass' && upstream.write(chunk));
      let said = 0;
      upstream.on('data', (chunk) => {
        said += chunk.length;
        if (said > limit.bytes) {
          if (limit.times === 'once') limit = { bytes: Number.POSITIVE_INFINITY, times: 'always' };
          client.end(chunk.subarray(0, chunk.length / 2), () => client.destroy());
        } else if (mode === 'pass') client.write(chunk);
      });
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    });
    return {
      host: '127.0.0.1',
      port: (proxy.address() as { port: number }).port,
      drop: () => {
        mode = 'drop';
      },
      pass: () => {
        mode = 'pass';
      },
      cut: () => {
        for (const socket of sockets.splice(0)) socket.destroy();
      },
      /** Cuts a connection as soon as the server said more than this. */
      cutAfter: (bytes: number, times: 'once' | 'always') => {
        limit = { bytes, times };
      },
      halfClose: () => {
        for (const socket of sockets) socket.end();
      },
    };
  }

  it('drops everything costs one budget, not more', async () => {
    const proxy = await proxyTo(server());
    const watching = await watchFor(proxy);
    await watching.probe();

    proxy.drop();
    const scrape = await watching.probe(800);
    proxy.pass();

    expectDown(scrape, 'timeout');
    expect(scrape.durationMs).toBeLessThan(1300);
    expect((await watching.probe()).value('pg_up')).toBe(1);
    await expect.poll(() => backends(server())).toBe(1);
  });

  it('closes the connection between two scrapes costs nothing', async () => {
    const proxy = await proxyTo(server());
    const watching = await watchFor(proxy);
    await watching.probe();

    proxy.cut();
    await sleep(50);

    expect((await watching.probe()).value('pg_up')).toBe(1);
  });

  it('closes one direction only is noticed', async () => {
    const proxy = await proxyTo(server());
    const watching = await watchFor(proxy);
    await watching.probe();

    proxy.halfClose();
    await sleep(50);

    expect((await watching.probe()).value('pg_up')).toBe(1);
    await expect.poll(() => backends(server())).toBe(1);
  });

  it('cuts an answer in the middle once costs nothing: it is asked again', async () => {
    const proxy = await proxyTo(server());
    const watching = await watchFor(proxy);
    await watching.probe();

    proxy.cutAfter(3000, 'once');
    const scrape = await watching.probe();

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.failures).toEqual([]);
    expect(scrape.value('pgfleet_postgres_connections_opened_total')).toBe(2);
    await expect.poll(() => backends(server())).toBe(1);
  });

  it('cuts every answer in the middle is told as the reason, and over when it stops', async () => {
    const proxy = await proxyTo(server());
    const watching = await watchFor(proxy);
    await watching.probe();

    proxy.cutAfter(3000, 'always');
    const scrape = await watching.probe();
    proxy.cutAfter(Number.POSITIVE_INFINITY, 'always');

    expectDown(scrape, 'connect');
    expect(scrape.durationMs).toBeLessThan(5500);
    expect(watching.exporter.lastProbe('target')?.error).toBeDefined();
    expect((await watching.probe()).value('pg_up')).toBe(1);
    await expect.poll(() => backends(server())).toBe(1);
  });
});
