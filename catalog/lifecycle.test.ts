import { describe, expect, it } from 'vitest';
import { support } from './lifecycle.ts';

const END = Date.UTC(2026, 10, 12);

describe('support', () => {
  it.each([
    ['a year before', '2025-11-12T00:00:00Z', 'supported'],
    ['181 days before the end is over', '2026-05-16T00:00:00Z', 'supported'],
    ['180 days before the end is over', '2026-05-17T00:00:00Z', 'ending'],
    ['the evening before', '2026-11-11T23:59:59Z', 'ending'],
    ['the last second of the last day', '2026-11-12T23:59:59Z', 'ending'],
    ['the first second after it', '2026-11-13T00:00:00Z', 'ended'],
  ])('%s', (_when, now, status) => {
    expect(support(END, Date.parse(now)).status).toBe(status);
  });

  it('counts the days that are left', () => {
    expect(support(END, Date.parse('2026-11-12T00:00:00Z')).daysLeft).toBe(1);
    expect(support(END, Date.parse('2026-11-13T00:00:00Z')).daysLeft).toBe(0);
    expect(support(END, Date.parse('2026-11-23T00:00:00Z')).daysLeft).toBe(-10);
  });

  it.each([
    ['no entry', undefined, 'unknown'],
    ['no end announced', false, 'unknown'],
    ['ended, day not given', true, 'ended'],
  ])('%s is never supported', (_what, end, status) => {
    expect(support(end, Date.parse('2020-01-01T00:00:00Z')).status).toBe(status);
  });
});
