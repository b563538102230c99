import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSendAt, type RateWindow, remember } from './rate-limit.ts';

const WINDOWS: readonly RateWindow[] = [
  { max: 18, seconds: 60 },
  { max: 1, seconds: 1 },
];

describe('nextSendAt', () => {
  it('lets the first message go at once', () => {
    expect(nextSendAt(WINDOWS, [], false)).toBe(0);
  });

  it('keeps the gap', () => {
    expect(nextSendAt(WINDOWS, [10_000], false)).toBe(11_000);
  });

  it('keeps the last place of a window for urgent messages', () => {
    const recent = Array.from({ length: 17 }, (_, index) => index * 1000);

    expect(nextSendAt(WINDOWS, recent, false)).toBe(60_000);
    expect(nextSendAt(WINDOWS, recent, true)).toBe(17_000);
  });

  it('is unlimited without windows', () => {
    expect(nextSendAt([], [1, 2, 3], false)).toBe(0);
    expect(remember([], [1, 2, 3], 4)).toEqual([]);
  });

  it('never lets more through than any sliding window allows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.nat(9000), urgent: fc.boolean() }), { maxLength: 120 }),
        (tries) => {
          let now = 1_000_000;
          let recent: number[] = [];
          const sent: number[] = [];
          for (const { wait, urgent } of tries) {
            now = Math.max(now + wait, nextSendAt(WINDOWS, recent, urgent));
            recent = remember(WINDOWS, recent, now);
            sent.push(now);
          }
          for (const { max, seconds } of WINDOWS) {
            for (const [index, time] of sent.entries()) {
              const next = sent[index + max];
              if (next !== undefined) expect(next - time).toBeGreaterThanOrEqual(seconds * 1000);
            }
          }
        },
      ),
    );
  });
});

describe('remember', () => {
  it('forgets what no window counts any more', () => {
    expect(remember(WINDOWS, [0, 39_999, 70_000], 100_000)).toEqual([70_000, 100_000]);
  });

  it('forgets times that a corrected clock puts into the future', () => {
    expect(remember(WINDOWS, [5_000_000], 100_000)).toEqual([100_000]);
  });
});
