import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Instance } from './estate.ts';
import type { FiringAlerts } from './firing-alerts.ts';
import { createRegistry, type RegisteredHost, type RegisteredServer } from './registry.ts';
import { type StatusLinks, statusModel } from './status-model.ts';
import { MESSAGES } from './status-page.messages.ts';
import { CONTENT_SECURITY_POLICY } from './status-page.style.ts';
import { renderStatusPage } from './status-page.ts';
import { parseView } from './status-view.ts';
import type { Verdicts } from './verdicts.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

interface Given {
  servers?: RegisteredServer[];
  alerts?: FiringAlerts;
  verdicts?: Verdicts;
  hosts?: RegisteredHost[];
  links?: StatusLinks;
  error?: string;
  query?: Record<string, string>;
  configError?: string;
  odd?: Partial<Instance>[];
}

function server(name: string, more: Partial<RegisteredServer> = {}): RegisteredServer {
  return { name, lifecycle: 'in_service', labels: {}, address: { host: 'db', port: 5432 }, ...more };
}

function page({
  servers = [server('shop')],
  alerts = { state: 'off' },
  verdicts = { state: 'off' },
  hosts = [],
  links = {},
  query = {},
  ...more
}: Given) {
  const { error, configError, odd } = more;
  const record = {
    up: true,
    at: NOW - 12_000,
    durationMs: 34.4,
    version: 'PostgreSQL 15.18',
    role: 'primary',
    error,
  };
  const model = statusModel({
    now: NOW,
    version: '1.2.3',
    config: { successful: configError === undefined, loadedAt: NOW, error: configError },
    registry: createRegistry({ servers, hosts }),
    probes: servers.map(({ name }) => ({ kind: 'postgres', target: name, record })),
    alerts,
    verdicts,
    links,
    discovery: odd && {
      instances: odd.map(instance),
      sightings: [],
      gaps: [],
      runs: [],
      startedAt: NOW,
      endedAt: NOW - 60_000,
    },
  });
  return renderStatusPage(model, parseView(query, undefined, 'en'));
}

function instance(more: Partial<Instance>): Instance {
  const unknown = {
    machine: undefined,
    dataDirectory: undefined,
    systemIdentifier: undefined,
    majors: undefined,
  };
  return {
    label: '10.0.0.9:5432',
    kind: 'postgresql',
    state: 'running',
    status: 'unregistered',
    servers: [],
    addresses: [],
    role: undefined,
    clusterState: undefined,
    techniques: ['network'],
    findings: [],
    details: {},
    ...unknown,
    ...more,
  };
}

describe('verdicts', () => {
  const condition = (
    instance: string,
    name: string,
    part: string,
    verdict: 'found' | 'undetermined',
    value = 1,
  ) => ({
    about: 'server' as const,
    instance,
    condition: name,
    part,
    verdict,
    evidence: { series: 'pgfleet_postgres_eol_timestamp_seconds', value },
  });
  const verdicts: Verdicts = {
    state: 'known',
    conditions: [
      condition('db:5432', 'upgrade_due', 'major', 'found', Date.parse('2026-11-12T00:00:00Z') / 1000),
      condition('db:5432', 'unbacked', '', 'undetermined'),
      condition('other:5432', 'ghost', '', 'found'),
    ],
    findings: [
      {
        instance: 'web1',
        finding: 'disk_old',
        subject: 'sdb',
        grade: 'watch',
        evidence: { series: 'pgfleet_disk_design_life_used_ratio', value: 1.416 },
      },
      {
        instance: 'web1',
        finding: 'disk_failing',
        subject: HOSTILE,
        grade: 'retire',
        evidence: { series: 'pgfleet_disk_failure_sign', value: 1 },
      },
    ],
    grades: new Map([['web1', 'retire']]),
  };
  const hosts: RegisteredHost[] = [{ name: 'web1', transport: 'ssh', lifecycle: 'in_service', labels: {} }];

  it('stand at their server and host, with the evidence, worst first', () => {
    const text = page({ verdicts, hosts });

    expect(text).toContain(
      'Upgrade due (PostgreSQL) <span class="mono">pgfleet_postgres_eol_timestamp_seconds: 2026-11-12',
    );
    expect(text).toContain('Not known: No recent backup.');
    expect(text).toContain(
      'Disk is past its design life (sdb) <span class="mono">pgfleet_disk_design_life_used_ratio: 142 %',
    );
    expect(text.indexOf('says that it is failing')).toBeLessThan(text.indexOf('past its design life'));
    expect(text).toContain('Retire</span>');
    expect(text).not.toContain(HOSTILE);
    expect(page({ verdicts, hosts, query: { lang: 'zh' } })).toContain('磁盘报告自身即将失效');
  });

  it('are counted in the tiles', () => {
    const text = page({ verdicts, hosts });

    expect(text).toMatch(/1 Retire<\/span>/);
    expect(text).toContain('1 Upgrade due');
    expect(text).toContain('1 Declared, but runs nowhere');
    expect(text).not.toContain('1 No recent backup');
  });

  it('are said to be unknown when Prometheus does not give them, and nothing is said without Prometheus', () => {
    const unknown = page({ verdicts: { state: 'unknown', reason: 'HTTP status 503' }, hosts });

    expect(unknown).toContain('so they are not known');
    expect(unknown).toContain('HTTP status 503');
    expect(unknown).not.toContain('class="verdicts"');
    expect(page({ hosts })).toContain('Verdicts need a Prometheus');
  });
});

describe('what is not as declared', () => {
  it('is listed with its reasons', () => {
    const odd = [
      instance({ findings: [{ kind: 'clone', others: ['hr'] }], systemIdentifier: '7710876953460990554' }),
      instance({ label: 'gone', status: 'ghost', state: 'declared', techniques: [] }),
      instance({ label: 'twice', status: 'registered', servers: [server('x'), server('y')] }),
      instance({ label: 'fine', status: 'registered', servers: [server('x')] }),
    ];
    const text = page({ odd });

    expect(text).toContain('Has the same identity as hr, and both take writes.');
    expect(text).toContain('made on 2026-11-22');
    expect(text).toContain('nothing that was looked at runs there');
    expect(text).toContain('One server under several names: x, y.');
    expect(text).not.toContain('>fine<');
    expect(page({ odd, query: { lang: 'zh' } })).toContain('与 hr 标识相同');
  });

  it('is not shown when there is nothing, or nobody has looked', () => {
    expect(page({ odd: [] })).not.toContain('id="oddities"');
    expect(page({})).not.toContain('id="oddities"');
  });

  it('stays text, whatever a directory is called', () => {
    const odd = [
      instance({
        label: HOSTILE,
        machine: HOSTILE,
        dataDirectory: HOSTILE,
        findings: [{ kind: 'copy', others: [HOSTILE] }],
      }),
    ];

    expect(page({ odd })).not.toMatch(/<script|<img/);
  });
});

describe('hostile text', () => {
  it('from the registry, the targets, Prometheus, the reader and the configuration stays text', () => {
    const text = page({
      servers: [server(HOSTILE, { app: HOSTILE, labels: { [HOSTILE]: HOSTILE } })],
      error: HOSTILE,
      configError: HOSTILE,
      query: { q: HOSTILE.slice(0, 10), lang: 'en' },
      links: { grafana: `javascript:${HOSTILE}` },
      alerts: {
        state: 'known',
        rulesLoaded: true,
        alerts: [
          {
            name: HOSTILE,
            severity: 'other',
            labels: { instance: HOSTILE },
            annotations: { summary: HOSTILE, runbook_url: 'javascript:alert(1)' },
            activeAt: NOW,
          },
        ],
      },
    });

    expect(text).not.toMatch(/<script|<img/);
    expect(text).not.toContain('javascript:');
    expect(text).toContain('&quot;&gt;&lt;script&gt;');
  });

  it('in the reason why Prometheus does not answer stays text', () => {
    expect(page({ alerts: { state: 'unknown', reason: HOSTILE } })).not.toContain('<script');
  });
});

describe('languages', () => {
  it('have the same texts', () => {
    expect(shape(MESSAGES.zh)).toEqual(shape(MESSAGES.en));
  });

  it('leave nothing of the other one on the page', () => {
    const given: Given = {
      servers: [server('a', { lifecycle: 'retired' })],
      alerts: { state: 'unknown', reason: '-' },
    };
    const visible = page({ ...given, query: { lang: 'zh' } })
      .replace(/<(style|title)>[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]*>/g, ' ');

    const words = new Set(visible.match(/[A-Za-z]{2,}/g));
    expect([...words].sort()).toEqual([
      ...['English', 'PostgreSQL', 'Prometheus', 'UTC', 'db', 'hosts', 'pgfleet', 'yml'],
    ]);
  });

  it('are named in the document', () => {
    expect(page({ query: { lang: 'zh' } })).toContain('<html lang="zh-CN">');
    expect(page({})).toContain('<html lang="en">');
  });

  it('choose the translated summary of an alert', () => {
    const annotations = { summary: 'down', summary_zh: '无应答' };
    const alerts: FiringAlerts = {
      state: 'known',
      rulesLoaded: true,
      alerts: [{ name: 'X', severity: 'critical', labels: {}, annotations, activeAt: undefined }],
    };

    expect(page({ alerts, query: { lang: 'zh' } })).toContain('<p>无应答</p>');
    expect(page({ alerts })).toContain('<p>down</p>');
  });
});

describe('page', () => {
  it('shows what was last seen of a target', () => {
    const text = page({});

    for (const part of [
      'db:5432',
      'PostgreSQL 15.18',
      'primary',
      '12 sec. ago',
      'took 34 ms',
      'in service',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('<h1>The one target is up</h1>');
  });

  it('refreshes itself with the view it has, until paused', () => {
    expect(page({ query: { lang: 'zh', state: 'up' } })).toContain('content="30;url=?lang=zh&amp;state=up"');
    expect(page({ query: { refresh: 'off' } })).not.toContain('http-equiv="refresh"');
  });

  it('says that alerts are unknown when Prometheus does not answer', () => {
    const text = page({ alerts: { state: 'unknown', reason: 'connect ECONNREFUSED 127.0.0.1:9433' } });

    expect(text).toContain('it is not known which alerts fire');
    expect(text).toContain('connect ECONNREFUSED 127.0.0.1:9433');
    expect(text).toContain('The one target is up; alerts are unknown');
  });

  it('says that the rules are not loaded when the Watchdog is silent', () => {
    expect(page({ alerts: { state: 'known', rulesLoaded: false, alerts: [] } })).toContain('Watchdog');
    expect(page({ alerts: { state: 'known', rulesLoaded: true, alerts: [] } })).not.toContain('Watchdog');
  });

  it('shows why a configuration was refused', () => {
    expect(page({ configError: 'pgfleet.yml:3:1: unknown key' })).toContain('pgfleet.yml:3:1: unknown key');
  });

  it('tells an empty fleet what to do', () => {
    const text = page({ servers: [] });

    expect(text).toContain('Nothing is watched yet');
    expect(text).toContain('Declare servers under servers: in pgfleet.yml');
    expect(text).not.toContain('<form');
  });

  it('draws the first 200 of many rows and all on request', () => {
    const servers = Array.from({ length: 1000 }, (_, i) => server(`db-${i}`, { app: 'shop' }));
    const rows = (text: string) => text.split('<tr role="row">').length - 2;

    expect(rows(page({ servers }))).toBe(200);
    expect(page({ servers })).toContain('Showing the first 200 of 1000.');
    expect(rows(page({ servers, query: { all: '1' } }))).toBe(1000);
  });

  it('allows by policy exactly the style it has, and nothing else', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page({}))?.[1] ?? '';

    expect(CONTENT_SECURITY_POLICY).toContain(
      `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    );
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
    expect(page({})).not.toMatch(/ style=| on[a-z]+=|<script|src=/);
  });
});

/** The keys of a tree of texts, with the number of parameters of each. */
function shape(value: unknown): unknown {
  if (typeof value === 'function') return value.length;
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shape(part)]));
}
