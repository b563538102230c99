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

describe('something that is not PostgreSQL', () => {
  async function impostor(answer: (socket: Socket) => void): Promise<{ host: string; port: number }> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      answer(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { host: '127.0.0.1', port: (server.address() as { port: number }).port };
  }

  it.each([
    ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['random bytes', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))],
    ['a message of negative length', Buffer.from([0x52, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a truncated row description', Buffer.from([0x54, 0, 0, 0, 8, 0xff, 0xff, 0, 1])],
    ['an unknown authentication method', Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99])],
  ])('%s', async (_case, bytes) => {
    for (const sslmode of ['disable', 'prefer'] as const) {
      const watching = await watchFor(
        await impostor((socket) => socket.on('data', () => socket.write(bytes))),
        {
          sslmode,
        },
      );

      const scrape = await watching.probe(1000);

      expect(scrape.value('pg_up')).toBe(0);
      expect(scrape.durationMs).toBeLessThan(1500);
    }
  });

  it('never answers', async () => {
    const watching = await watchFor(await impostor(() => undefined));

    const scrape = await watching.probe(500);

    expectDown(scrape, 'timeout');
    expect(scrape.durationMs).toBeLessThan(1000);
  });

  it('sends without end', async () => {
    const flood = Buffer.concat([Buffer.from([0x44, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(4 * 2 ** 20)]);
    const pour = (socket: Socket): void => {
      while (!socket.destroyed && socket.write(flood));
      socket.once('drain', () => pour(socket));
    };
    const before = process.memoryUsage().rss;
    const watching = await watchFor(await impostor((socket) => socket.once('data', () => pour(socket))), {
      sslmode: 'disable',
    });

    const scrape = await watching.probe(3000);

    expectDown(scrape, 'protocol');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});
