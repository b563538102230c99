import { expect, it } from 'vitest';
import { closest } from './closest.ts';

it.each([
  ['langauge', 'language'],
  ['lisen', 'listen'],
  ['Servers', 'servers'],
  ['x', undefined],
  ['completely', undefined],
])('closest(%s) is %s', (word, expected) => {
  expect(closest(word, ['language', 'listen', 'servers', 'hosts'])).toBe(expected);
});
