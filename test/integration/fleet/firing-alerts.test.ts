import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { prometheusAlerts } from '../../../exporters/fleet/firing-alerts.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function listen(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const EMPTY = JSON.stringify({ status: 'success', data: { alerts: [] } });

describe('asking Prometheus for alerts', () => {
  it('asks below the path of its address, once for views that come together', async () => {
    const paths: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      paths.push(request.url);
      response.end(EMPTY);
    });
    let now = 1000;
    const source = prometheusAlerts(`${url}/prom`, () => now);

    expect(await Promise.all([source(), source()])).toMatchObject([{ state: 'known' }, { state: 'known' }]);
    now += 5000;
    await source();
    expect(paths).toEqual(['/prom/api/v1/alerts', '/prom/api/v1/alerts']);
  });

  it('gives up on a Prometheus that does not answer', async () => {
    const url = await listen(() => undefined);
    const started = Date.now();

    expect(await prometheusAlerts(url, Date.now)()).toMatchObject({ state: 'unknown' });
    expect(Date.now() - started).toBeLessThan(4000);
  });

  it('gives up on a Prometheus that stops in the middle of its answer', async () => {
    const url = await listen((_request, response) => void response.write('{"status":'));

    expect(await prometheusAlerts(url, Date.now)()).toMatchObject({ state: 'unknown' });
  });

  it.each<[string, RequestListener, string]>([
    ['an error', (_request, response) => response.writeHead(503).end(), 'HTTP status 503'],
    [
      'another program',
      (_request, response) => response.end('<html>'),
      'expected the alerts of its HTTP API',
    ],
    [
      'a way elsewhere',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'redirect',
    ],
    ['endless text', (_request, response) => response.end('x'.repeat(17_000_000)), 'at most 16000000 bytes'],
  ])('says what is wrong with %s', async (_text, answer, reason) => {
    const url = await listen(answer);

    expect(await prometheusAlerts(url, Date.now)()).toEqual({
      state: 'unknown',
      reason: expect.stringContaining(reason),
    });
  });

  it('says that nobody listens', async () => {
    const url = await listen(() => undefined);
    server?.close();

    expect(await prometheusAlerts(url, Date.now)()).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
