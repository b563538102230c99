import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CollectorDeclaration } from '../../lib/collector.ts';
import { EXPOSITION_METRICS } from '../../lib/exposition.ts';
import type { AnyMetric, MetricFamily } from '../../lib/metric.ts';
import { RUNNER_METRICS } from '../../lib/run-collectors.ts';
import { loadUnits } from '../../lib/units.ts';

/** Holds every collector of every exporter to the contract of lib/collector.ts and the naming rules. */
const EXPORTERS = ['postgres', 'host', 'fleet'] as const;
const DOC_BLOCK = ['Source:', 'Shape:', 'Units:', 'Needs:', 'Cost:', 'Absent when:'];
/** Names that peers gave; ours follow the conventions instead. */
const PEER_NAME = /^(pg|node|smartctl|ipmi)_/;

const all = await Promise.all(
  EXPORTERS.map(async (exporter) => {
    const folder = new URL(`../../exporters/${exporter}/collectors/`, import.meta.url);
    const units = await loadUnits<CollectorDeclaration>(folder, 'collector');
    return units.map(({ fileName, value }) => ({ exporter, fileName, collector: value, folder }));
  }),
);
const units = all.flat();

it('finds collectors of every exporter', () => {
  for (const exporter of EXPORTERS) expect(units.some((unit) => unit.exporter === exporter)).toBe(true);
});

describe.each(units.map((unit) => [`${unit.exporter}/${unit.fileName}`, unit] as const))(
  '%s',
  (_id, unit) => {
    const { collector, fileName, folder } = unit;

    it('is named after its file', () => {
      expect(collector.name).toBe(fileName.replaceAll('-', '_'));
    });

    it('says in one sentence what it tells an operator', () => {
      expect(collector.help).toMatch(/^[A-Z].*\.$/s);
    });

    it('declares at least one family, each once', () => {
      const names = collector.metrics.map((metric) => metric.family.name);

      expect(names.length).toBeGreaterThan(0);
      expect(new Set(names).size).toBe(names.length);
    });

    it('has its test beside it', () => {
      expect(existsSync(new URL(`${fileName}.test.ts`, folder))).toBe(true);
    });

    it('starts with a complete doc block', () => {
      const source = readFileSync(new URL(`${fileName}.ts`, folder), 'utf8');
      const block = /^\/\*\*.*?\*\//s.exec(source)?.[0] ?? '';

      for (const part of DOC_BLOCK) expect(block, `${part} missing in the doc block`).toContain(part);
    });
  },
);

const families = [
  ...units.flatMap(({ exporter, fileName, collector }) =>
    collector.metrics.map((metric) => ({ owner: `${exporter}/${fileName}`, family: metric.family })),
  ),
  ...[...RUNNER_METRICS, ...EXPOSITION_METRICS].map((metric: AnyMetric) => ({
    owner: 'lib',
    family: metric.family,
  })),
];

describe.each(families.map(({ owner, family }) => [family.name, owner, family] as const))(
  '%s (%s)',
  (_name, _owner, family) => {
    it('follows the naming rules', () => {
      expect(problems(family)).toEqual([]);
    });
  },
);

it('declares a family that several collectors emit the same way everywhere', () => {
  const byName = new Map<string, string>();
  for (const { owner, family } of families) {
    const shape = JSON.stringify([family.type, family.help, family.labels]);
    const first = byName.get(family.name);
    if (first !== undefined) expect(shape, `${family.name} of ${owner}`).toBe(first);
    byName.set(family.name, shape);
  }
});

function problems({ name, type, help, labels }: MetricFamily): string[] {
  const found: string[] = [];
  const ours = !PEER_NAME.test(name);
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) found.push('not a metric name');
  if (!/^[A-Z0-9].*\.$/s.test(help)) found.push('help is not a sentence with a capital and a full stop');
  if (labels.some((label) => !/^[a-z_][a-z0-9_]*$/.test(label) || label.startsWith('__')))
    found.push('bad label name');
  if (new Set(labels).size !== labels.length) found.push('a label twice');
  if (ours && !name.startsWith('pgfleet_')) found.push('our own names start with pgfleet_');
  if (ours && type === 'counter' && !name.endsWith('_total')) found.push('a counter of ours ends in _total');
  if (type !== 'counter' && ours && name.endsWith('_total')) found.push('only counters end in _total');
  if (ours && /_(ms|milliseconds|minutes|hours|days|kb|mb|percent)(_|$)/.test(name))
    found.push('not a base unit');
  if (ours && type === 'untyped') found.push('our own metrics have a type');
  return found;
}
