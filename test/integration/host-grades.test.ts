import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES_FOLDER } from '../../alert-rules/compile.ts';
import { loadConfig } from '../../cli/config.ts';
import { captureFile, LEGACY_HOSTS, writeLegacyCaptures } from '../../cli/demo/legacy/machines.ts';
import { type Service, startService } from '../../cli/serve.ts';
import { findProgram } from '../../cli/up/find-program.ts';
import { type KnownVerdicts, prometheusVerdicts, type Verdicts } from '../../exporters/fleet/verdicts.ts';
import { createLogger } from '../../lib/log.ts';
import { notice } from '../support/notice.ts';
import { startPrometheus, type TestPrometheus } from '../support/prometheus.ts';

const prometheus = findProgram('prometheus');
if (prometheus === undefined) notice('grades of hosts on Prometheus', 'prometheus was not found');

/** The way of a verdict, end to end: captures, the host exporter, a real Prometheus with our rules, what the page reads. */
describe.skipIf(prometheus === undefined)('hosts of the demo fleet', () => {
  let folder: string;
  let service: Service;
  let server: TestPrometheus;
  let verdicts: Verdicts;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgfleet-grades-'));
    await writeLegacyCaptures(folder, Math.floor(Date.now() / 1000));
    const file = join(folder, 'pgfleet.yml');
    await writeFile(file, JSON.stringify({ hosts: [...LEGACY_HOSTS.map(entry), gone] }));
    service = await startService({
      load: () => loadConfig({ file, env: {} }),
      parts: ['exporters'],
      listen: { host: '127.0.0.1', port: 0 },
      version: '0.0.0',
      log: createLogger({ name: 'test', level: 'silent' }),
    });
    const exposition = await scrapeAll(service.url);
    server = await startPrometheus({
      binary: prometheus ?? '',
      ruleFiles: [join(RULES_FOLDER, 'fleet', '*.rules.yml'), join(RULES_FOLDER, 'generated', '*.rules.yml')],
      metrics: () => exposition,
      jobs: ['pgfleet'],
    });
    verdicts = await server.until(
      prometheusVerdicts(server.url, Date.now),
      (answer) => answer.state === 'known' && answer.grades.size === LEGACY_HOSTS.length + 1,
    );
  });
  afterAll(async () => {
    await server?.close();
    await service?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const gone = { name: 'gone', transport: 'capture', capture: { file: '/nowhere/gone.cap' } };

  function entry({ name, registry }: (typeof LEGACY_HOSTS)[number]) {
    return { name, transport: 'capture', capture: { file: join(folder, captureFile(name)) }, ...registry };
  }

  const known = () => verdicts as KnownVerdicts;

  it('have a grade of every kind', () => {
    expect(Object.fromEntries(known().grades)).toEqual({
      'erp-pe2950': 'watch',
      'hr-dl380g7': 'retire',
      'dwh-r720': 'watch',
      'spare-r630': 'reuse',
      gone: 'unknown',
    });
  });

  it('have findings that explain it, and none where there is nothing', () => {
    const of = (host: string) => known().findings.filter(({ instance }) => instance === host);

    expect(of('hr-dl380g7')).toContainEqual({
      instance: 'hr-dl380g7',
      finding: 'disk_failing',
      grade: 'retire',
      subject: 'sda_cciss_2',
      evidence: { series: 'pgfleet_disk_failure_sign', value: 1 },
    });
    expect(of('erp-pe2950').map(({ finding }) => finding)).toEqual(
      expect.arrayContaining(['raid_degraded', 'old', 'out_of_warranty']),
    );
    expect(of('gone').map(({ finding }) => finding)).toEqual(['not_observed']);
    expect(of('spare-r630')).toEqual([]);
  });

  it('are due for an upgrade of their system where the catalog says so', () => {
    const due = known().conditions.filter(({ about, part }) => about === 'host' && part === 'os');

    expect(due).toContainEqual({
      about: 'host',
      instance: 'erp-pe2950',
      condition: 'upgrade_due',
      part: 'os',
      verdict: 'found',
      evidence: {
        series: 'pgfleet_host_os_support_end_timestamp_seconds',
        value: Date.UTC(2017, 2, 31) / 1000,
      },
    });
  });
});

/** What Prometheus would scrape: the registry, and every host with the labels of service discovery. */
async function scrapeAll(url: string): Promise<string> {
  const text = async (path: string) => (await fetch(`${url}${path}`)).text();
  const hosts = await Promise.all(
    [...LEGACY_HOSTS.map(({ name }) => name), 'gone'].map(async (name) =>
      labelled(await text(`/probe/host?target=${name}`), `job="node",instance="${name}",host="${name}"`),
    ),
  );
  // A family of several hosts must not have its head several times.
  return [await text('/metrics'), ...hosts.map(withoutComments)].join('\n');
}

function withoutComments(exposition: string): string {
  return `${exposition
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')}\n`;
}

function labelled(exposition: string, labels: string): string {
  return exposition.replaceAll(/^(\w+)\{/gm, `$1{${labels},`).replaceAll(/^(\w+) /gm, `$1{${labels}} `);
}
