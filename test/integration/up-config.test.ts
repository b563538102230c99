import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../cli/config.ts';
import { findProgram } from '../../cli/up/find-program.ts';
import { type GeneratedFiles, writeGenerated } from '../../cli/up/generate.ts';
import { upSettings } from '../../cli/up/settings.ts';
import { notice } from '../support/notice.ts';

const promtool = findProgram('promtool');
const amtool = findProgram('amtool');
for (const [name, path] of Object.entries({ promtool, amtool })) {
  if (path === undefined) notice(`generated configuration accepted by ${name}`, `no ${name} on this machine`);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgfleet-up-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function generate(yaml: string, token?: string): Promise<GeneratedFiles> {
  const file = join(folder, 'pgfleet.yml');
  await writeFile(file, yaml);
  const config = await loadConfig({ file, env: {} });
  const settings = upSettings(config, { demo: false });
  return writeGenerated({
    config: { ...config, alertmanager: { ...config.alertmanager, url: settings.alertmanager.url } },
    settings,
    pgfleet: { scheme: token === undefined ? 'http' : 'https', address: settings.listen },
    token,
    companions: { prometheus: settings.prometheus.listen, alertmanager: settings.alertmanager.listen },
  });
}

async function run(program: string | undefined, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program ?? '', args);
  return stdout + stderr;
}

describe.each([
  ['without authentication', '', undefined],
  ['with a token and TLS', 'language: zh\nprometheus: { scrape_interval: 5s, retention: 1y }\n', 'a-token'],
])('what pgfleet up generates, %s', (_name, yaml, token) => {
  it.skipIf(promtool === undefined)('is accepted by Prometheus, with all rules of the pack', async () => {
    const files = await generate(yaml, token);

    const output = await run(promtool, 'check', 'config', files.prometheus);

    const shipped = (await readdir('alert-rules', { recursive: true })).filter((name) =>
      name.endsWith('.rules.yml'),
    );
    expect(output).toContain(`${shipped.length} rule files found`);
    expect(output).not.toMatch(/FAILED|WARNING/);
  });

  it.skipIf(amtool === undefined)('is accepted by Alertmanager', async () => {
    const files = await generate(yaml, token);

    const output = await run(amtool, 'check-config', files.alertmanager);

    expect(output).toMatch(/SUCCESS/);
    expect(output).toContain('1 receivers');
  });
});

describe('what the containers are given', () => {
  it.skipIf(promtool === undefined)('is accepted by Prometheus', async () => {
    const output = await run(promtool, 'check', 'config', '--syntax-only', 'deploy/compose/prometheus.yml');

    expect(output).toContain('is valid prometheus config file syntax');
  });

  it.skipIf(amtool === undefined)('is accepted by Alertmanager', async () => {
    expect(await run(amtool, 'check-config', 'deploy/compose/alertmanager.yml')).toContain('SUCCESS');
  });
});

describe('generated files', () => {
  it('carry the thresholds of the site and addresses that answer here', async () => {
    const files = await generate('thresholds: { disk_free_ratio: { warning: 0.33 } }');

    const thresholds = await readFile(join(files.rules, 'generated', 'thresholds.rules.yml'), 'utf8');
    const availability = await readFile(join(files.rules, 'postgres', 'availability.rules.yml'), 'utf8');
    expect(thresholds).toContain('vector(0.33)');
    expect(availability).toContain('runbook_url: http://127.0.0.1:9432/docs/runbooks/en/PostgresDown.md');
    expect(availability).toContain('http://127.0.0.1:9435/d/');
  });

  it("keep the token and Grafana's password from others", async () => {
    const files = await generate('', 'a-token');

    const { authorization } = parse(await readFile(files.prometheus, 'utf8')).scrape_configs[0];
    const password = join(folder, '.pgfleet', 'grafana', 'admin-password');
    expect(await readFile(authorization.credentials_file, 'utf8')).toBe('a-token\n');
    for (const file of [authorization.credentials_file, password]) {
      expect((await stat(file)).mode & 0o077).toBe(0);
    }
  });

  it("leave Grafana's password as it was at the next start", async () => {
    await generate('');
    const file = join(folder, '.pgfleet', 'grafana', 'admin-password');
    const first = await readFile(file, 'utf8');

    await generate('');

    expect(await readFile(file, 'utf8')).toBe(first);
    expect(first).toMatch(/^[\w-]{16}$/);
  });

  it('drop rules that are no longer in the pack', async () => {
    const { rules } = await generate('');
    await writeFile(join(rules, 'stale.rules.yml'), 'groups: []\n');

    await generate('');

    expect(await readdir(rules)).not.toContain('stale.rules.yml');
  });
});
