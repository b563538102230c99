import { expect, it } from 'vitest';
import { gauge } from '../../lib/metric.ts';
import { columnSamples, maxBy, numberOf, singleRowSamples, sumBy, textOf } from './rows.ts';

const rows = [
  { datname: 'a', state: 'idle', n: 1, secret: null },
  { datname: 'a', state: 'active', n: 5, secret: null },
  { datname: 'b', state: 'idle', n: null, secret: null },
];

it('makes a sample per row and column, and none for columns that are not selected', () => {
  const n = gauge('n', 'N.', ['datname', 'state']);
  const other = gauge('other', 'Other.', ['datname', 'state']);

  const samples = [...columnSamples(rows, { n, other }, ['datname', 'state'])];

  expect(samples.map(({ labels, value }) => [labels['datname'], labels['state'], value])).toEqual([
    ['a', 'idle', 1],
    ['a', 'active', 5],
    ['b', 'idle', null],
  ]);
});

it('makes samples of a single row', () => {
  const n = gauge('n', 'N.');

  expect([...singleRowSamples([{ n: true }], { n })].map(({ value }) => value)).toEqual([1]);
  expect([...singleRowSamples([], { n })]).toEqual([]);
});

it('adds and compares by label set, and leaves NULL out', () => {
  expect(sumBy(rows, ['datname'], 'n')).toEqual([{ labels: { datname: 'a' }, value: 6 }]);
  expect(maxBy(rows, ['state'], 'n')).toEqual([
    { labels: { state: 'idle' }, value: 1 },
    { labels: { state: 'active' }, value: 5 },
  ]);
});

it('refuses text where a number is promised, and columns that are not there', () => {
  expect(() => numberOf({ n: 'many' }, 'n')).toThrow('column n: expected a number, found "many"');
  expect(() => numberOf({}, 'n')).toThrow('column n: expected a number, found "undefined"');
  expect(() => textOf({ a: 1 }, 'b')).toThrow('row: expected a column b, found "a"');
});
