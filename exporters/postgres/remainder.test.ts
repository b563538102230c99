import { describe, expect, it } from 'vitest';
import { Remainder } from './remainder.ts';
import type { Row } from './rows.ts';

const named = (id: string, calls: number): Row => ({ id, calls, size: calls });
const rest = (calls: number | null, size = 0): Row => ({ id: null, calls, size });

/** Calls of the rest as served, after each answer. */
function served(...answers: readonly (readonly Row[])[]): unknown[] {
  const remainder = new Remainder();
  return answers.map((rows) => remainder.apply(rows, ['calls']).find(({ id }) => id === null)?.['calls']);
}

describe('a counter over the rest', () => {
  it('begins with the sum and grows as it does', () => {
    expect(served([named('a', 5), rest(100)], [named('a', 9), rest(130)])).toEqual([100, 130]);
  });

  it('goes on when an object leaves it for series of its own', () => {
    // b had 60 of the 100 and did 5 more.
    expect(served([named('a', 5), rest(100)], [named('a', 5), named('b', 65), rest(42)])).toEqual([100, 107]);
  });

  it('goes on when an object loses its own series', () => {
    expect(served([named('a', 5000), rest(100)], [rest(5103)])).toEqual([100, 103]);
  });

  it('stands still when objects are dropped or the statistics are reset, and goes on from there', () => {
    expect(served([rest(100)], [rest(20)], [rest(30)])).toEqual([100, 100, 110]);
    expect(served([named('a', 50), rest(100)], [rest(100)], [rest(101)])).toEqual([100, 100, 101]);
  });

  it('is absent while there is no rest', () => {
    expect(served([named('a', 5), rest(null)], [named('a', 5), rest(7)], [rest(null)])).toEqual([null, 7, 7]);
  });
});

it('leaves other columns and rows as they are, and remembers who had series of their own', () => {
  const remainder = new Remainder();
  remainder.apply([named('1', 1), rest(10, 7)], ['calls']);

  const rows = remainder.apply([named('2', 30), named('3', 1), rest(5, 3)], ['calls']);

  expect(rows).toEqual([named('2', 30), named('3', 1), { id: null, calls: 35, size: 3 }]);
  expect(remainder.ids).toEqual(['2', '3']);
});
