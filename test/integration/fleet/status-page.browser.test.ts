import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FiringAlerts } from '../../../exporters/fleet/firing-alerts.ts';
import { createRegistry, type RegisteredServer } from '../../../exporters/fleet/registry.ts';
import { type StatusSource, statusModel } from '../../../exporters/fleet/status-model.ts';
import { CONTENT_SECURITY_POLICY } from '../../../exporters/fleet/status-page.style.ts';
import { renderStatusPage } from '../../../exporters/fleet/status-page.ts';
import { parseView } from '../../../exporters/fleet/status-view.ts';
import type { Verdicts } from '../../../exporters/fleet/verdicts.ts';
import { findBrowser, startBrowser } from '../../support/browser.ts';
import { notice } from '../../support/notice.ts';

const executable = findBrowser();
if (executable === undefined) notice('status page in a browser', 'no chromium on PATH');

/** Runs in the browser, so it is JavaScript, and handed over as text. */
const LOW_CONTRAST = readFileSync(new URL('./low-contrast.js', import.meta.url), 'utf8');

const LONG = 'a-very-long-name-without-any-place-to-break-'.repeat(3).slice(0, 100);
const NOW = Date.now();

const verdicts: Verdicts = {
  state: 'known',
  conditions: ['found', 'undetermined'].map((verdict) => ({
    about: 'server',
    instance: 'db:5432',
    condition: 'upgrade_due',
    part: 'major',
    verdict: verdict === 'found' ? 'found' : 'undetermined',
    evidence: { series: 'pgfleet_postgres_eol_timestamp_seconds', value: NOW / 1000 },
  })),
  findings: Array.from({ length: 20 }, (_, index) => ({
    instance: 'web1',
    finding: 'disk_failing',
    subject: `controller-${index}-with-a-long-name-that-no-column-holds`,
    grade: 'retire',
    evidence: { series: 'pgfleet_disk_failure_sign', value: 1 },
  })),
  grades: new Map([['web1', 'retire']]),
};

const alerts: FiringAlerts = {
  state: 'known',
  rulesLoaded: false,
  alerts: (['critical', 'warning', 'info', 'other'] as const).map((severity) => ({
    name: 'PostgresDown',
    severity,
    labels: { instance: `${LONG}.example:5432` },
    annotations: { summary: `PostgreSQL at ${LONG} does not answer`, runbook_url: 'https://example.com/' },
    activeAt: NOW - 60_000,
  })),
};

/** One server in every state, with the longest texts that may be declared. */
function fleet(): StatusSource {
  const server = (name: string, more: Partial<RegisteredServer> = {}): RegisteredServer => {
    const labels = { rack: 'x'.repeat(200) };
    return {
      name,
      address: { host: `${LONG}.example`, port: 5432 },
      lifecycle: 'in_service',
      labels,
      ...more,
    };
  };
  const seen = {
    up: true,
    at: NOW,
    durationMs: 12,
    version: 'PostgreSQL 18.4',
    role: 'primary',
    error: undefined,
  };
  const records = {
    up: seen,
    [LONG]: { ...seen, up: false, error: `connect ECONNREFUSED ${'9'.repeat(300)}` },
    partial: { ...seen, error: 'permission denied' },
    stale: { ...seen, at: NOW - 3_600_000 },
    undead: seen,
  };
  const registry = createRegistry({
    servers: [
      ...Object.keys(records).map((name) => server(name, name === 'undead' ? { lifecycle: 'retired' } : {})),
      server('never'),
      server('planned', { lifecycle: 'planned' }),
    ],
    hosts: [{ name: 'web1', transport: 'ssh', lifecycle: 'in_service', labels: {}, site: '上海' }],
  });
  return {
    now: NOW,
    version: '1.2.3',
    config: { successful: false, loadedAt: NOW, error: `pgfleet.yml:3:1: ${'unknown-key'.repeat(40)}` },
    registry,
    probes: Object.entries(records).map(([target, record]) => ({ kind: 'postgres', target, record })),
    alerts,
    verdicts,
    links: {
      grafana: 'http://127.0.0.1:9/',
      prometheus: 'http://127.0.0.1:9/',
      docs: 'https://example.com/',
    },
  };
}

let server: Server;
let base: string;
let browser: Browser;

beforeAll(async () => {
  if (executable === undefined) return;
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname !== '/') {
      response.writeHead(404).end();
      return;
    }
    const view = parseView(Object.fromEntries(searchParams), request.headers['accept-language'], 'en');
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    });
    response.end(renderStatusPage(statusModel(fleet()), view));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await startBrowser(executable);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

interface Visit {
  readonly page: Page;
  /** Console errors, failed requests and requests to anywhere but the server, as they come. */
  readonly complaints: readonly string[];
}

async function visit(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith('data:')) complaints.push(`external: ${url}`);
  });
  await page.goto(`${base}${path}`);
  return { page, complaints };
}

const phone = { viewport: { width: 360, height: 740 } };

describe.skipIf(executable === undefined)('status page in a browser', () => {
  it.each([
    ['desktop, English', '/?lang=en', {}],
    ['phone, Chinese, dark', '/?lang=zh', { ...phone, colorScheme: 'dark' }],
    ['phone, one asset policy, no JavaScript', '/', { ...phone, javaScriptEnabled: false }],
  ] satisfies [string, string, BrowserContextOptions][])(
    'draws without complaint: %s',
    async (_text, path, options) => {
      const { page, complaints } = await visit(path, options);

      expect(await page.locator('h1').textContent()).not.toBe('');
      expect(await page.locator('#servers tbody tr').count()).toBe(7);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it('applies its own style under its own policy', async () => {
    const { page } = await visit('/');

    expect(await page.evaluate('getComputedStyle(document.querySelector(".hero")).borderRadius')).toBe(
      '16px',
    );
    await page.close();
  });

  it.each([320, 360, 600, 901, 1280])('fits %i pixels without a horizontal scroll bar', async (width) => {
    for (const lang of ['en', 'zh']) {
      const { page } = await visit(`/?lang=${lang}`, { viewport: { width, height: 800 } });
      const drawn = await page.evaluate<number>('document.documentElement.scrollWidth');
      await page.close();

      expect(drawn, lang).toBeLessThanOrEqual(width);
    }
  });

  it('answers in the language of the browser', async () => {
    const { page } = await visit('/', { locale: 'zh-CN' });

    expect(await page.locator('h2').first().textContent()).toBe('PostgreSQL 服务器');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.close();
  });

  it('filters, keeps the language and clears, with JavaScript off', async () => {
    const { page } = await visit('/?lang=zh', { javaScriptEnabled: false });
    await page.locator('select[name=state]').selectOption('down');
    await page.locator('form button').click();

    expect(new URL(page.url()).search).toBe('?lang=zh&q=&state=down');
    expect(await page.locator('#servers tbody tr').count()).toBe(1);

    await page.locator('form a').click();
    expect(await page.locator('#servers tbody tr').count()).toBe(7);
    await page.close();
  });

  it('stops refreshing when asked', async () => {
    const { page } = await visit('/?lang=en');
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(1);

    await page.getByRole('link', { name: 'Pause' }).click();
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);
    await page.close();
  });

  it('can be read by ear: landmarks, one heading of first level, named tables', async () => {
    const { page } = await visit('/?lang=en', phone);

    await expect.poll(() => page.getByRole('main').count()).toBe(1);
    expect(await page.getByRole('banner').count()).toBe(1);
    expect(await page.getByRole('contentinfo').count()).toBe(1);
    expect(await page.getByRole('search').count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    const table = page.getByRole('table', { name: 'PostgreSQL servers' });
    expect(await table.getByRole('row').count()).toBe(8);
    expect(await table.getByRole('rowheader').count()).toBe(7);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has texts of enough contrast in %s', async (colorScheme) => {
    const { page } = await visit('/?lang=en', { colorScheme });

    expect(await page.evaluate(LOW_CONTRAST)).toEqual([]);
    await page.close();
  });
});
