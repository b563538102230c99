import { describe, expect, it } from 'vitest';
import {
  compileThresholds,
  DEFAULT_DASHBOARD_BASE,
  DEFAULT_RUNBOOK_BASE,
  GENERATED_THRESHOLDS,
} from '../../alert-rules/compile.ts';
import { loadInhibitRules } from '../../alert-rules/inhibit.ts';
import { loadThresholds, SEVERITIES } from '../../alert-rules/thresholds.ts';
import { declaredMetrics } from '../support/declared-metrics.ts';
import { promqlNames } from '../support/promql.ts';
import { loadRules, loadRuleTests, type Rule, readText } from '../support/rule-pack.ts';

const ANNOTATIONS = [
  'dashboard_url',
  'description',
  'description_zh',
  'runbook_url',
  'summary',
  'summary_zh',
  'version',
];
const COMPONENTS = ['postgres', 'host', 'fleet', 'pgfleet'];
const CJK = /\p{Script=Han}/u;

const declared = await declaredMetrics();
const version = readText('VERSION').trim();
const rules = loadRules();
const tests = loadRuleTests();
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
const alertNames = [...new Set(alerts.map(({ alert }) => alert))].sort();

describe.each(alerts.map((rule) => [`${rule.alert} (${rule.labels['severity']})`, rule] as const))(
  '%s',
  (_name, rule) => {
    it('has no labels but severity and component', () => {
      expect(Object.keys(rule.labels).sort()).toEqual(['component', 'severity']);
      // The dead man's switch is not news for people.
      const allowed: readonly string[] = rule.alert === 'Watchdog' ? ['none'] : SEVERITIES;
      expect(allowed).toContain(rule.labels['severity']);
      expect(COMPONENTS).toContain(rule.labels['component']);
    });

    it('has every annotation, in both languages', () => {
      expect(Object.keys(rule.annotations).sort()).toEqual(ANNOTATIONS);
      for (const [key, text] of Object.entries(rule.annotations)) {
        expect(CJK.test(text), `${key}: ${text}`).toBe(key.endsWith('_zh'));
      }
    });

    it('carries the version of the pack', () => {
      expect(rule.annotations['version']).toBe(version);
    });

    it('links to its runbook and to a dashboard', () => {
      expect(rule.annotations['runbook_url']).toBe(`${DEFAULT_RUNBOOK_BASE}/${rule.alert}.md`);
      expect(rule.annotations['dashboard_url']).toMatch(new RegExp(`^${DEFAULT_DASHBOARD_BASE}/d/pgfleet-`));
    });

    it('uses the same template labels in both languages', () => {
      const { summary = '', summary_zh = '', description = '', description_zh = '' } = rule.annotations;

      expect(templates(summary_zh)).toEqual(templates(summary));
      expect(templates(description_zh)).toEqual(templates(description));
    });

    it('names in its texts only labels that a firing alert has', () => {
      const fired = tests
        .flatMap(({ assertions }) => assertions.flatMap(({ samples }) => samples))
        .map(({ labels = '' }) => labels)
        .filter(
          (labels) => labels.includes(`alertname="${rule.alert}"`) && labels.includes('alertstate="firing"'),
        );
      const used = Object.values(rule.annotations).flatMap((text) =>
        [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
      );

      for (const label of new Set(used)) {
        expect(
          fired.some((labels) => new RegExp(`[{,]${label}="`).test(labels)),
          `no firing test of ${rule.alert} shows the label ${label}`,
        ).toBe(true);
      }
    });
  },
);

describe.each(alertNames)('%s', (alert) => {
  const forms = alerts.filter((rule) => rule.alert === alert);
  const named = (start: string) => tests.filter(({ name }) => name.startsWith(`${alert} ${start}`));
  const about = `alertname="${alert}"`;

  it('exists once for each severity, in one file', () => {
    const severities = forms.map(({ labels }) => labels['severity']);

    expect(new Set(severities).size).toBe(severities.length);
    expect(new Set(forms.map(({ file }) => file)).size).toBe(1);
  });

  it('says why it waits as long as it does, or why it exists at all', () => {
    expect(forms.some(({ comment }) => comment.length > 0)).toBe(true);
  });

  it('has a test in which it fires', () => {
    const firing = named('fires').flatMap(({ assertions }) => assertions.flatMap(({ samples }) => samples));

    expect(firing.some(({ labels = '' }) => labels.includes(about) && labels.includes('"firing"'))).toBe(
      true,
    );
  });

  it('has a test in which it stays quiet', () => {
    const quiet = named('stays quiet').flatMap(({ assertions }) => assertions);

    expect(quiet.some(({ samples }) => samples.length === 0)).toBe(true);
  });

  it('has a test in which its target vanishes', () => {
    const vanished = named('when the target vanishes');

    expect(vanished.length).toBeGreaterThan(0);
    expect(vanished.some(({ text }) => /stale|_x/.test(text))).toBe(true);
  });

  it('is in the changelog of the pack', () => {
    expect(readText('CHANGELOG.md')).toContain(alert);
  });
});

describe('promtool tests', () => {
  it.each(tests.map((test) => [`${test.file}: ${test.name}`, test] as const))('%s', (_name, test) => {
    expect(test.name, 'name of the test').toMatch(
      /^[A-Z]\w+ (fires|stays quiet|when the target vanishes)|^records /,
    );
    const mentioned = [...test.text.matchAll(/alertname=\\*"(\w+)\\*"|"alertname":"(\w+)"/g)].map(
      ([, first, second]) => first ?? second ?? '',
    );
    for (const name of [
      ...mentioned,
      ...(/^records /.test(test.name) ? [] : [test.name.split(' ')[0] ?? '']),
    ]) {
      expect(alertNames).toContain(name);
    }
  });
});

describe('expressions', () => {
  const recorded = new Set(rules.flatMap(({ record }) => (record === undefined ? [] : [record])));

  it('use only metrics that are declared or recorded', () => {
    const unknown = rules.flatMap((rule) =>
      promqlNames(rule.expr)
        .metrics.filter((metric) => !declared.has(metric) && !recorded.has(metric))
        .map((metric) => `${rule.file}: ${metric}`),
    );

    expect(unknown).toEqual([]);
  });

  it('compare only with thresholds that exist, and every threshold is used', () => {
    const known = loadThresholds().flatMap(({ name, values }) =>
      Object.keys(values).map((severity) => `name="${name}",severity="${severity}"`),
    );
    const used = rules.flatMap(({ expr }) => promqlNames(expr).matchers.get('pgfleet:threshold') ?? []);

    expect([...new Set(used)].sort()).toEqual(known.sort());
  });

  it('compare with the threshold of their own severity', () => {
    for (const { alert, expr, labels } of alerts) {
      for (const matcher of promqlNames(expr).matchers.get('pgfleet:threshold') ?? []) {
        expect(matcher, alert).toContain(`severity="${labels['severity']}"`);
      }
    }
  });

  it('name recorded series in our own namespace', () => {
    for (const name of recorded) expect(name).toMatch(/^pgfleet:[a-z_]+(:[a-z_]+)?$/);
  });
});

describe('files', () => {
  it('have groups named after area and topic', () => {
    const expected = (rule: Rule) =>
      rule.file === GENERATED_THRESHOLDS
        ? 'pgfleet-thresholds'
        : `pgfleet-${rule.file.replace('.rules.yml', '').replace('/', '-')}`.replace(
            'pgfleet-pgfleet-',
            'pgfleet-',
          );

    for (const rule of rules) expect(rule.group).toBe(expected(rule));
  });

  it('hold the generated thresholds as they would be generated now', () => {
    expect(readText(GENERATED_THRESHOLDS)).toBe(compileThresholds());
  });

  it('are all loaded by the lines the readme gives for prometheus.yml', () => {
    const areas = [...new Set(rules.map(({ file }) => file.split('/')[0]))].sort();
    const lines = [...readText('README.md').matchAll(/^ {2}- alert-rules\/(.+)\/\*\.rules\.yml$/gm)];

    expect(lines.map(([, area]) => area)).toEqual(areas);
  });

  it('record the version of the pack, which heads its changelog', () => {
    const info = rules.find(({ record }) => record === 'pgfleet:rules:info');

    expect(info?.labels['version']).toBe(version);
    expect(/^## (\S+) \/ \d{4}-\d{2}-\d{2}$/m.exec(readText('CHANGELOG.md'))?.[1]).toBe(version);
  });

  it('inhibit only alerts that exist', () => {
    const matchers = loadInhibitRules().flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers]);
    const named = matchers.flatMap((matcher) => /^alertname=~?"(.*)"$/.exec(matcher)?.[1]?.split('|') ?? []);

    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(alertNames).toContain(name);
  });
});

function templates(text: string): string[] {
  return [...text.matchAll(/\{\{.*?\}\}/g)].map(([template]) => template).sort();
}
