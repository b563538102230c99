import { describe, expect, it } from 'vitest';
import { parseVerdicts } from './verdicts.ts';

function answer(...series: readonly (readonly [labels: Record<string, string>, value: string])[]): string {
  const result = series.map(([metric, value]) => ({ metric, value: [1_795_000_000.1, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

const rules = [{}, '1'] as const;
const named = (name: string, labels: Record<string, string>) => ({ __name__: `pgfleet:${name}`, ...labels });

describe('verdicts of Prometheus', () => {
  it('are read with their evidence', () => {
    const verdicts = parseVerdicts(
      answer(
        rules,
        [
          named('server_condition', {
            condition: 'upgrade_due',
            part: 'major',
            verdict: 'found',
            instance: 'db1:5432',
            evidence: 'pgfleet_postgres_eol_timestamp_seconds',
          }),
          '1800000000',
        ],
        [
          named('host_finding', {
            finding: 'disk_failing',
            grade: 'retire',
            instance: 'web1',
            subject: 'sda',
            evidence: 'x',
          }),
          '1',
        ],
        [named('host_grade', { grade: 'retire', instance: 'web1' }), '1'],
      ),
    );

    expect(verdicts).toEqual({
      state: 'known',
      conditions: [
        {
          about: 'server',
          instance: 'db1:5432',
          condition: 'upgrade_due',
          part: 'major',
          verdict: 'found',
          evidence: { series: 'pgfleet_postgres_eol_timestamp_seconds', value: 1_800_000_000 },
        },
      ],
      findings: [
        {
          instance: 'web1',
          finding: 'disk_failing',
          grade: 'retire',
          subject: 'sda',
          evidence: { series: 'x', value: 1 },
        },
      ],
      grades: new Map([['web1', 'retire']]),
    });
  });

  it('are not known without our rules', () => {
    expect(parseVerdicts(answer())).toEqual({
      state: 'unknown',
      reason: 'the rules of pgfleet gave no series',
    });
  });

  it('are empty when the rules find nothing', () => {
    expect(parseVerdicts(answer(rules))).toMatchObject({ state: 'known', conditions: [], findings: [] });
  });

  it('never read a word of another version as good', () => {
    const verdicts = parseVerdicts(
      answer(
        [named('host_grade', { grade: 'superb', instance: 'a' }), '1'],
        [named('server_condition', { condition: 'new', verdict: 'maybe', instance: 'b' }), '1'],
      ),
    );

    expect(verdicts.state === 'known' && verdicts.grades.get('a')).toBe('unknown');
    expect(verdicts.state === 'known' && verdicts.conditions[0]?.verdict).toBe('undetermined');
  });

  it.each(['', '<html>', '{"status":"error"}', '{"status":"success","data":{"result":[{"metric":1}]}}'])(
    'are not guessed from %j',
    (text) => {
      expect(() => parseVerdicts(text)).toThrow(
        'answer of Prometheus: expected the vector of an instant query',
      );
    },
  );
});
