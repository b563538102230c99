import { describe, expect, it } from 'vitest';
import { parseConfig } from '../lib/config.ts';
import { overridesSchema, thresholdOverridesSchema, withOverrides } from './config.ts';
import { loadThresholds, type Threshold } from './thresholds.ts';

const free: Threshold = {
  name: 'disk_free_ratio',
  unit: 'ratio',
  worse: 'lower',
  values: { warning: 0.1, critical: 0.05 },
  description: { en: 'Free share.', zh: '剩余比例。' },
};

function parse(text: string) {
  return parseConfig(overridesSchema([free]), { file: 'pgfleet.yml', text, env: {} });
}

describe('thresholds: section', () => {
  it('overrides one severity and keeps the other', () => {
    const [threshold] = withOverrides([free], parse('disk_free_ratio: { warning: 0.2 }'));

    expect(threshold?.values).toEqual({ warning: 0.2, critical: 0.05 });
  });

  it('accepts an empty section', () => {
    expect(withOverrides([free], parse(''))).toEqual([free]);
  });

  it.each([
    [
      'disk_free_rato: { warning: 0.2 }',
      /pgfleet\.yml:1:1: unknown key "disk_free_rato"; did you mean "disk_free_ratio"\?/,
    ],
    ['disk_free_ratio: { warnig: 0.2 }', /unknown key "warnig"; did you mean "warning"\?/],
    ['disk_free_ratio: { info: 0.2 }', /unknown key "info"; known keys: warning, critical/],
    ['disk_free_ratio: { warning: 20 }', /disk_free_ratio\.warning: expected a ratio from 0 to 1, found 20/],
    [
      'disk_free_ratio: { warning: 0.01 }',
      /disk_free_ratio\.critical: expected a value below warning \(0\.01\), found 0\.05/,
    ],
    ['disk_free_ratio: { warning: low }', /disk_free_ratio\.warning: expected a number, found "low"/],
  ])('refuses %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('knows every shipped threshold', () => {
    const same = Object.fromEntries(loadThresholds().map(({ name, values }) => [name, values]));

    expect(thresholdOverridesSchema.parse(same)).toEqual(same);
  });
});
