import { describe, expect, it } from 'vitest';
import { support } from './lifecycle.ts';

const END = Date.UTC(2026, 10, 12);
const CHECKED = Date.UTC(2026, 7, 22);

describe('support', () => {
  it.each([
    ['a year before', '2025-11-12T00:00:00Z', 'supported'],
    ['181 days before the end is over', '2026-05-16T00:00:00Z', 'supported'],
    ['180 days before the end is over', '2026-05-17T00:00:00Z', 'ending'],
    ['the evening before', '2026-11-11T23:59:59Z', 'ending'],
    ['the last second of the last day', '2026-11-12T23:59:59Z', 'ending'],
    ['the first second after it', '2026-11-13T00:00:00Z', 'ended'],
  ])('%s', (_when, now, status) => {
    expect(support({ eol: END, checkedOn: CHECKED }, Date.parse(now)).status).toBe(status);
  });

  it('counts the days that are left', () => {
    expect(support({ eol: END, checkedOn: CHECKED }, Date.parse('2026-11-12T00:00:00Z')).daysLeft).toBe(1);
    expect(support({ eol: END, checkedOn: CHECKED }, Date.parse('2026-11-13T00:00:00Z')).daysLeft).toBe(0);
    expect(support({ eol: END, checkedOn: CHECKED }, Date.parse('2026-11-23T00:00:00Z')).daysLeft).toBe(-10);
  });

  it.each([
    ['no entry', undefined, 'unknown'],
    ['no end announced', false, 'unknown'],
    ['ended, day not given', true, 'ended'],
    ['contradictory sources', 'unknown' as const, 'unknown'],
  ])('%s is never supported', (_what, end, status) => {
    expect(support({ eol: end, checkedOn: CHECKED }, Date.parse('2020-01-01T00:00:00Z')).status).toBe(status);
  });

  it('does not trust facts that nobody has checked for long, unless they are a warning', () => {
    const at = (eol: number, now: string) =>
      support({ eol, checkedOn: Date.UTC(2026, 7, 22) }, Date.parse(`${now}T00:00:00Z`)).status;
    const far = Date.UTC(2030, 10, 14);

    expect(at(far, '2027-09-25')).toBe('supported');
    expect(at(far, '2027-09-27')).toBe('unknown');
    expect(at(far, '2030-11-01')).toBe('ending');
    expect(at(far, '2030-11-15')).toBe('ended');
  });

  it('does not believe an end before the beginning', () => {
    const life = { released: Date.UTC(2027, 0, 1), eol: END, checkedOn: CHECKED };

    expect(support(life, CHECKED)).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('before'),
    });
  });
});
