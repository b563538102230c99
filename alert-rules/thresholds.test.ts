import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../lib/config.ts';
import { loadThresholds, problemsOf } from './thresholds.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-thresholds-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const file = join(folder, 'thresholds.yml');
  writeFileSync(file, text);
  return loadThresholds(file);
}

describe('loadThresholds', () => {
  it('reads name, unit, direction, values and both descriptions', () => {
    const thresholds = load(`
free_ratio:
  unit: ratio
  worse: lower
  warning: 0.1
  critical: 0.05
  description: Free share.
  description_zh: 剩余比例。
`);

    expect(thresholds).toEqual([
      {
        name: 'free_ratio',
        unit: 'ratio',
        worse: 'lower',
        values: { warning: 0.1, critical: 0.05 },
        description: { en: 'Free share.', zh: '剩余比例。' },
      },
    ]);
  });

  it('names file, line and column of a value in the wrong order', () => {
    const text = `
age_seconds:
  unit: seconds
  worse: higher
  warning: 100
  critical: 50
  description: Age.
  description_zh: 时长。
`;

    expect(() => load(text)).toThrow(ConfigError);
    expect(() => load(text)).toThrow(
      /thresholds\.yml:6:3: age_seconds\.critical: expected a value above warning \(100\), found 50/,
    );
  });

  it('reads the shipped file', () => {
    expect(loadThresholds().length).toBeGreaterThan(0);
  });
});

describe('problemsOf', () => {
  it.each([
    ['lower', { warning: 0.1, critical: 0.05 }, []],
    ['lower', { warning: 0.1, critical: 0.1 }, ['critical']],
    ['higher', { info: 0.5, critical: 0.9 }, []],
    ['higher', { info: 0.5, warning: 0.4, critical: 0.9 }, ['warning']],
    ['higher', { warning: 1.2 }, ['warning']],
    ['lower', { warning: -0.1 }, ['warning']],
  ] as const)('%s %j', (worse, values, severities) => {
    expect(problemsOf({ unit: 'ratio', worse, values }).map(({ severity }) => severity)).toEqual(severities);
  });
});
