import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileThresholds, ruleFiles, writeRules } from './compile.ts';
import { loadThresholds } from './thresholds.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('compileThresholds', () => {
  it('records one series for each name and severity', () => {
    const { groups } = parse(compileThresholds());
    const recorded = groups[0].rules.map(
      (rule: { labels: { name: string; severity: string }; expr: string }) =>
        `${rule.labels.name} ${rule.labels.severity} ${rule.expr}`,
    );

    const expected = loadThresholds().flatMap(({ name, values }) =>
      Object.entries(values).map(([severity, value]) => `${name} ${severity} vector(${value})`),
    );
    expect(recorded.sort()).toEqual(expected.sort());
  });
});

describe('writeRules', () => {
  it('writes every rule file with the values and addresses of the site', async () => {
    const written = await writeRules(folder, {
      overrides: { disk_free_ratio: { warning: 0.25 } },
      runbookBase: 'https://wiki.example/runbooks/',
      dashboardBase: 'https://grafana.example',
    });

    expect(written).toEqual((await ruleFiles()).map((file) => join(folder, file)));
    const thresholds = readFileSync(join(folder, 'generated/thresholds.rules.yml'), 'utf8');
    expect(thresholds).toContain('severity: warning\n        expr: vector(0.25)');
    const postgres = readFileSync(join(folder, 'postgres/availability.rules.yml'), 'utf8');
    expect(postgres).toContain('runbook_url: https://wiki.example/runbooks/PostgresDown.md');
    expect(postgres).toContain('"https://grafana.example/d/pgfleet-instance?var-instance=');
    expect(postgres).not.toContain('github.com');
  });

  it('leaves the files as shipped when nothing is asked for', async () => {
    const shipped = await Promise.all(
      (await ruleFiles()).map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')),
    );

    const written = await writeRules(folder);

    expect(written.map((path) => readFileSync(path, 'utf8'))).toEqual(shipped);
  });
});
