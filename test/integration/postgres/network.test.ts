import { connect, createServer, type Server, type Socket } from 'node:net';
import process from 'node:process';
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
    const proxy: Server = createServer((client) => {
      const upstream = connect(port, host);
      sockets.push(client, upstream);
      client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('data', (chunk) => mode === 'pass' && upstream.write(chunk));
      upstream.on('data', (chunk) => mode === 'pass' && client.write(chunk));
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
});

