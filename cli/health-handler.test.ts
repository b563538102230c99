import { afterEach, describe, expect, it } from 'vitest';
import type { HealthReport } from '../exporters/postgres/health-check.ts';
import { PgfleetError } from '../lib/errors.ts';
import { type HttpServer, startHttpServer } from '../lib/http-server.ts';
import { createLogger } from '../lib/log.ts';
import { OPEN_WEB_CONFIG } from '../lib/web-config.ts';
import { healthRouter } from './health-handler.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const standby: HealthReport = {
  state: { role: 'standby', lagSeconds: 12, receiving: true },
  failure: undefined,
  ageSeconds: 0,
  busy: false,
};
let server: HttpServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function ask(path: string, init?: RequestInit) {
  server = await startHttpServer(
    { listen: { host: '127.0.0.1', port: 0 }, webConfig: OPEN_WEB_CONFIG, log },
    (app) => {
      const health = async (target: string) => {
        if (target !== 'db1') throw new PgfleetError('not_found', `no server named "${target}" is declared`);
        return standby;
      };
      app.use('/health/postgres', healthRouter(health));
    },
  );
  const response = await fetch(`${server.url}/health/postgres/${path}`, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

it.each([
  ['db1', 200, 'up: standby\n'],
  ['db1/primary', 503, 'not a primary: standby\n'],
  ['db1/replica', 200, 'replica: 12.0 s behind\n'],
  ['db1/replica?max_lag=1m', 200, 'replica: 12.0 s behind, at most 60 s allowed\n'],
  ['db1/replica?max_lag=10s', 503, 'replica: 12.0 s behind, at most 10 s allowed\n'],
  ['db2', 404, 'no server named "db2" is declared\n'],
  ['db2/primary', 404, 'no server named "db2" is declared\n'],
  ['db1/replica?max_lag=10', 400, 'max_lag: expected one duration such as "10s" or "500ms"\n'],
  ['db1/replica?max_lag=1s&max_lag=2s', 400, 'max_lag: expected one duration such as "10s" or "500ms"\n'],
  ['db1/replica?maxlag=10s', 400, 'maxlag: only max_lag is known here\n'],
  ['db1/primary?max_lag=10s', 400, 'max_lag: expected no parameters\n'],
])('GET %s is %i', async (path, status, text) => {
  const answer = await ask(path);

  expect(answer).toMatchObject({ status, text });
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

describe('methods', () => {
  it.each(['OPTIONS', 'HEAD'])('%s is answered like GET', async (method) => {
    expect((await ask('db1/primary', { method })).status).toBe(503);
  });

  it('others are refused', async () => {
    expect((await ask('db1', { method: 'POST' })).status).toBe(405);
  });
});
