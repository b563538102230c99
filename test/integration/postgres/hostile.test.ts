import type { Socket } from 'node:net';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import {
  afterLogin,
  DATA_ROW,
  message,
  pour,
  ROW_DESCRIPTION,
  startImpostor,
} from '../../support/hostile-postgres.ts';
import { expectDown, type Watch, watch } from './scrape.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function watchImpostor(
  answer: (socket: Socket) => void,
  sslmode: 'disable' | 'prefer' = 'disable',
): Promise<Watch> {
  const impostor = await startImpostor(answer);
  cleanups.push(() => impostor.close());
  const watching = await watch(impostor, { sslmode });
  cleanups.push(() => watching.close());
  return watching;
}

describe('something that is not PostgreSQL', () => {
  it.each([
    ['an HTTP server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['random bytes', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))],
    ['a message of negative length', Buffer.from([0x52, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a truncated row description', Buffer.from([0x54, 0, 0, 0, 8, 0xff, 0xff, 0, 1])],
    ['an unknown authentication method', Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99])],
  ])('%s', async (_case, bytes) => {
    for (const sslmode of ['disable', 'prefer'] as const) {
      const watching = await watchImpostor((socket) => socket.on('data', () => socket.write(bytes)), sslmode);

      const scrape = await watching.probe(500);

      expect(scrape.value('pg_up')).toBe(0);
      expect(scrape.reason).toBeDefined();
      expect(scrape.durationMs).toBeLessThan(1000);
    }
  });

  it('never answers', async () => {
    const watching = await watchImpostor(() => undefined, 'prefer');

    const scrape = await watching.probe(500);

    expectDown(scrape, 'timeout');
    expect(scrape.durationMs).toBeLessThan(1000);
  });

  it('sends one message without end', async () => {
    const flood = Buffer.concat([Buffer.from([0x44, 0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(2 ** 18)]);
    const before = process.memoryUsage().rss;
    const watching = await watchImpostor((socket) => socket.once('data', () => pour(socket, flood)));

    const scrape = await watching.probe(10_000);

    expectDown(scrape, 'protocol');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe('a server that lets us in and then', () => {
  it.each([
    ['rows without end', DATA_ROW],
    ['empty rows without end', message('D', Buffer.alloc(2))],
    ['notices without end', message('N', Buffer.from('SNOTICE\0Mhello\0\0'))],
  ])('sends %s', async (_case, unit) => {
    const flood = Buffer.concat(Array.from({ length: 5000 }, () => unit));
    const before = process.memoryUsage().rss;
    const watching = await watchImpostor(
      afterLogin((socket) => {
        socket.write(ROW_DESCRIPTION);
        pour(socket, flood);
      }),
    );

    const scrape = await watching.probe(10_000);

    expectDown(scrape, 'protocol');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });

  it.each([
    ['random bytes', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))],
    ['an end of a statement nobody sent', message('Z', Buffer.from('I'))],
    ['a row of a result nobody described', DATA_ROW],
    ['a result without its rows', ROW_DESCRIPTION],
    ['an error without a code', message('E', Buffer.from('SERROR\0Mno\0\0'))],
    ['nothing, and closes', Buffer.alloc(0)],
  ])('answers with %s', async (_case, bytes) => {
    const watching = await watchImpostor(
      afterLogin((socket) => (bytes.length === 0 ? socket.end() : socket.write(bytes))),
    );

    const scrape = await watching.probe(500);

    expect(scrape.value('pg_up')).toBe(0);
    expect(scrape.reason).toBeDefined();
    expect(scrape.durationMs).toBeLessThan(1000);
  });
});
