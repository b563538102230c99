import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { PgfleetError } from './errors.ts';
import type { Exporter } from './exporter.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from './http-server.ts';
import { createLogger } from './log.ts';
import { gauge } from './metric.ts';
import { probeHandler, scrapeBudgetMs } from './probe-handler.ts';
import { loadWebConfig, OPEN_WEB_CONFIG } from './web-config.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const folder = mkdtempSync(join(tmpdir(), 'pgfleet-web-'));
const up = gauge('pg_up', 'Up.', ['n']);
const open: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

function exporter(probe: Exporter['probe']): Exporter {
  return {
    kind: 'postgres',
    targets: () => ['db1'],
    probe,
    explain: async () => ({ target: 'db1', kind: 'postgres', facts: {}, error: undefined, collectors: [] }),
    lastProbe: () => undefined,
    close: async () => undefined,
  };
}

const samples = Array.from({ length: 100 }, (_, n) => up({ n: String(n) }, 1));
const answering = exporter(async (target) => {
  if (target !== 'db1') throw new PgfleetError('not_found', `no server is named ${target}`);
  return samples;
});

async function start(over: Partial<HttpServerOptions> = {}, target = answering): Promise<HttpServer> {
  const server = await startHttpServer(
    { listen: { host: '127.0.0.1', port: 0 }, webConfig: OPEN_WEB_CONFIG, log, ...over },
    (app) => app.get('/probe/postgres', probeHandler(target)),
  );
  open.push(server);
  return server;
}

function webConfig(text: string) {
  const file = join(folder, 'web.yml');
  writeFileSync(file, text);
  return loadWebConfig(file, { TOKEN: 'scrape-token' });
}

const withPassword = () => webConfig(`basic_auth_users: { ops: "${hashSync('hunter2', 4)}" }`);
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('probe endpoint', () => {
  it('serves text, and OpenMetrics to who asks for it', async () => {
    const { url } = await start();

    const text = await fetch(`${url}/probe/postgres?target=db1`);
    const om = await fetch(`${url}/probe/postgres?target=db1`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0' },
    });

    expect(text.headers.get('content-type')).toContain('version=0.0.4');
    expect(await text.text()).toContain('pg_up{n="99"} 1\n');
    expect((await om.text()).endsWith('# EOF\n')).toBe(true);
  });

  it('compresses for who accepts it', async () => {
    const { url } = await start();

    const response = await fetch(`${url}/probe/postgres?target=db1`, {
      headers: { 'accept-encoding': 'gzip' },
    });

    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toContain('pg_up');
  });

  it.each([
    ['/probe/postgres?target=nobody', 404, 'no server is named nobody'],
    ['/probe/postgres', 400, 'expected ?target=NAME'],
    ['/probe/postgres?target=a&target=b', 400, 'expected ?target=NAME'],
    ['/nothing', 404, 'No page /nothing'],
  ])('%s is %i', async (path, status, text) => {
    const { url } = await start();

    const response = await fetch(url + path);

    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  });

  it('hides the text of unforeseen errors', async () => {
    const broken = exporter(async () => {
      throw new Error('password=hunter2');
    });
    const { url } = await start({}, broken);

    const response = await fetch(`${url}/probe/postgres?target=db1`);

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('aborts the probe when the client goes away', async () => {
    let aborted = false;
    const waiting = exporter(
      (_target, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve([]);
          });
        }),
    );
    const { url } = await start({}, waiting);
    const client = new AbortController();
    const pending = fetch(`${url}/probe/postgres?target=db1`, { signal: client.signal });
    setTimeout(() => client.abort(), 50);

    await expect(pending).rejects.toThrow();
    await expect.poll(() => aborted).toBe(true);
  });
});

describe('authentication', () => {
  it('accepts the right password, also the second time, and refuses everything else', async () => {
    const { url } = await start({ webConfig: withPassword() });
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${url}/probe/postgres?target=db1`, { headers })).status;

    expect(await status(basic('ops:hunter2'))).toBe(200);
    expect(await status(basic('ops:hunter2'))).toBe(200);
    expect(await status(basic('ops:wrong'))).toBe(401);
    expect(await status(basic('nobody:hunter2'))).toBe(401);
    expect(await status({ authorization: 'Basic ???' })).toBe(401);
    expect(await status({})).toBe(401);
  });

  it('accepts configured bearer tokens and the internal one', async () => {
    const { url } = await start({
      webConfig: webConfig('bearer_tokens: { prometheus: { env: TOKEN } }'),
      internalToken: 'internal',
    });
    const status = async (token: string) =>
      (await fetch(`${url}/probe/postgres?target=db1`, { headers: { authorization: `Bearer ${token}` } }))
        .status;

    expect(await status('scrape-token')).toBe(200);
    expect(await status('internal')).toBe(200);
    expect(await status('other')).toBe(401);
    expect(await status('')).toBe(401);
  });

  it('refuses to listen on a public address without authentication', async () => {
    await expect(start({ listen: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(/needs authentication/);
  });

  it('takes new credentials without a restart', async () => {
    const server = await start({ webConfig: withPassword() });

    server.update(OPEN_WEB_CONFIG);

    expect((await fetch(`${server.url}/probe/postgres?target=db1`)).status).toBe(200);
  });
});

it('serves TLS', async () => {
  const pem = await generate([{ name: 'commonName', value: 'localhost' }]);
  writeFileSync(join(folder, 'cert.pem'), pem.cert);
  writeFileSync(join(folder, 'key.pem'), pem.private);
  const { url } = await start({
    webConfig: webConfig('tls_server_config: { cert_file: cert.pem, key_file: key.pem }'),
  });

  const status = await new Promise((resolve, reject) => {
    request(
      `${url}/probe/postgres?target=db1`,
      { ca: pem.cert, servername: 'localhost', checkServerIdentity: () => undefined },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on('error', reject)
      .end();
  });

  expect(url).toMatch(/^https:/);
  expect(status).toBe(200);
});

it('names the busy port and the way out', async () => {
  const first = await start();

  await expect(start({ listen: { host: '127.0.0.1', port: first.port } })).rejects.toThrow(
    `port ${first.port} on 127.0.0.1 is already in use; choose another one with --listen`,
  );
});

it.each([
  [undefined, 9500],
  ['15', 14_500],
  ['0.5', 250],
  ['nonsense', 9500],
  ['-3', 9500],
  ['99999', 299_500],
])('the budget of a scrape timeout of %s is %i ms', (header, expected) => {
  expect(scrapeBudgetMs(header)).toBe(expected);
});

it.each([
  ['basic_auth_users: { ops: hunter2 }', 'expected a bcrypt hash'],
  ['tls_server_config: { cert_file: a }', 'tls_server_config.key_file: required'],
  ['tls_server_config: { cert_file: gone, key_file: gone }', 'expected a readable file'],
  ['basic_auth_user: {}', 'did you mean "basic_auth_users"?'],
])('a bad web config is refused: %s', (text, message) => {
  expect(() => webConfig(text)).toThrow(message);
  expect(() => webConfig(text)).not.toThrow('hunter2');
});
