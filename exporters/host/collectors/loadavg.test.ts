import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseLoadavg } from './loadavg.ts';

it('exports the three averages', () => {
  const samples = collect(collector, { loadavg: '0.21 0.37 12.39 1/719 19737\n' });

  expect(samples).toEqual(['node_load1 0.21', 'node_load5 0.37', 'node_load15 12.39']);
});

it('gives nothing where the file is absent', () => {
  expect(collect(collector, { loadavg: { status: 'absent' } })).toEqual([]);
});

it('fails visibly where the file could not be read', () => {
  expect(() => collect(collector, { loadavg: { status: 'denied' } })).toThrow('needs more privileges');
});

it.each([[''], ['0.21'], ['a b c 1/2 3'], ['1 2 3 1/2 3']])('refuses "%s"', (text) => {
  expect(() => parseLoadavg(text)).toThrow('three averages');
});
