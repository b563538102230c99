import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './filefd.ts';

it('exports open files and their limit', () => {
  expect(collect(collector, { 'file-nr': '1024\t0\t9223372036854775807\n' })).toEqual([
    'node_filefd_allocated 1024',
    'node_filefd_maximum 9223372036854776000',
  ]);
});

it.each([['1024\n'], ['a\tb\tc\n']])('refuses %j', (text) => {
  expect(() => collect(collector, { 'file-nr': text })).toThrow('three numbers');
});
