import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './entropy.ts';

it('exports what is there and how much there could be', () => {
  const limits = '/proc/sys/kernel/random/entropy_avail\t1337\n/proc/sys/kernel/random/poolsize\t4096\n';

  expect(collect(collector, { limits })).toEqual([
    'node_entropy_available_bits 1337',
    'node_entropy_pool_size_bits 4096',
  ]);
});

it('says nothing of a file that could not be read', () => {
  expect(collect(collector, { limits: '/proc/sys/kernel/random/entropy_avail\n' })).toEqual([]);
});
