import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import type { Sample } from '../../../lib/metric.ts';
import { patroniJob, patroniUrl } from './patroni-source.ts';

const STATUS = JSON.stringify({
  state: 'running',
  role: 'replica',
  patroni: { version: '3.0.2', scope: 'shop', name: 'pg1' },
});
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function ask(answer: RequestListener, abortAfterMs?: number): Promise<readonly Sample[]> {
  const server = createServer(answer);
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const client = new AbortController();
  if (abortAfterMs !== undefined) setTimeout(() => client.abort(), abortAfterMs);
  const samples: Sample[] = [];
  await patroniJob({ host: '127.0.0.1', port, tls: false }, loadCatalog()).collect({
    signal: client.signal,
    emit: (more) => void samples.push(...more),
    spent: () => undefined,
  });
  return samples;
}

it.each([200, 503])('reads the status with code %i', async (code) => {
  const samples = await ask((request, response) => {
    expect(request.url).toBe('/patroni');
    response.writeHead(code).end(STATUS);
  });

  expect(samples.find(({ family }) => family.name === 'patroni_replica')?.value).toBe(1);
});

describe('says what went wrong', () => {
  it.each([
    ['another status', 404, 'nothing here', 'expected status 200, found 404'],
    ['another document', 200, '<html></html>', 'expected the status of a Patroni node'],
    ['too much', 200, 'x'.repeat(1024 * 1024 + 1), 'longer than 1048576 bytes'],
  ])('%s', async (_case, code, body, message) => {
    await expect(ask((_request, response) => response.writeHead(code).end(body))).rejects.toThrow(message);
  });

  it('no answer', async () => {
    await expect(ask((request) => request.socket.destroy())).rejects.toMatchObject({ code: 'connect' });
  });

  it('an answer that does not come in time', async () => {
    await expect(ask(() => undefined, 50)).rejects.toMatchObject({ code: 'timeout' });
  });
});

it.each([
  [{ host: 'db1', port: 8008, tls: false }, 'http://db1:8008/patroni'],
  [{ host: '::1', port: 443, tls: true }, 'https://[::1]:443/patroni'],
])('asks %j at %s', (address, url) => {
  expect(patroniUrl(address)).toBe(url);
});
