import { describe, expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { driveFailureProbability, driveHourLimit } from './drives.ts';

const { drives } = loadCatalog();

describe('driveFailureProbability', () => {
  it.each([
    ['no reallocated sector', 5, 0, 0.025, { upTo: 0 }],
    ['a value between two published buckets', 5, 1, 0.027, { over: 0, upTo: 4 }],
    ['the upper edge of a bucket', 5, 16, 0.075, { over: 4, upTo: 16 }],
    ['just above it', 5, 17, 0.236, { over: 16, upTo: 70 }],
    ['beyond the last bucket', 5, 100_000, 1.5, { over: 1100 }],
    ['one pending sector', 197, 1, 0.34, { over: 0, upTo: 2 }],
    ['one packed command timeout', 188, 2 ** 32 + 2 ** 16 + 1, 0.1, { over: 0, upTo: 3 }],
    ['a good normalised value', 184, 100, 0.09, { over: 99 }],
    ['a bad normalised value', 184, 98, 0.84, { upTo: 99 }],
  ])('%s', (_what, attribute, value, annualRate, bucket) => {
    const found = driveFailureProbability(drives, attribute, value);

    expect(found).toMatchObject({ annualRate, bucket });
    expect(found?.withinYear).toBeCloseTo(1 - Math.exp(-annualRate));
  });

  it('never exceeds certainty, and tells a dying disk from a loose cable', () => {
    expect(driveFailureProbability(drives, 198, 10_000)).toMatchObject({ critical: true });
    expect(driveFailureProbability(drives, 199, 10_000)).toMatchObject({ critical: false });
    expect(driveFailureProbability(drives, 5, 100_000)?.withinYear).toBeLessThan(1);
  });

  it('says nothing about attributes it does not list and values that make no sense', () => {
    expect(driveFailureProbability(drives, 1, 5)).toBeUndefined();
    expect(driveFailureProbability(drives, 5, -1)).toBeUndefined();
    expect(driveFailureProbability(drives, 5, Number.NaN)).toBeUndefined();
  });
});

describe('driveHourLimit', () => {
  it.each([
    ['an affected drive', 'HP VO0480JFDGT', 'HPD5', 32_768],
    ['its model alone', 'VO0480JFDGT', 'HPD7', 32_768],
    ['in small letters, padded', 'hpe  mo1600jvypr ', 'HPD6', 40_000],
    ['the first firmware without the fault', 'HP VO0480JFDGT', 'HPD8', undefined],
    ['a later one of two digits', 'HP VO0480JFDGT', 'HPD10', undefined],
    ['the fixed firmware of the other fault', 'EK0800JVYPN', 'HPD7', undefined],
    ['a drive of the same series sold by another maker', 'SanDisk LT0200WM', 'P405', 40_000],
    ['the firmware that repairs it', 'SanDisk LT0200WM', 'D417', undefined],
    ['an unknown firmware', 'VO0480JFDGT', undefined, 32_768],
    ['a firmware of another series', 'VO0480JFDGT', 'GXA3', 32_768],
    ['another drive', 'HP EG0600FBVFP', 'HPD1', undefined],
    ['a longer model number', 'VO0480JFDGTX', 'HPD1', undefined],
  ])('%s', (_what, model, firmware, hours) => {
    expect(driveHourLimit(drives, model, firmware)?.hours).toBe(hours);
  });
});
