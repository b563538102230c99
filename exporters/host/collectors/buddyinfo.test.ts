import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './buddyinfo.ts';

it('exports free blocks by node, zone and size', () => {
  expect(
    collect(collector, {
      buddyinfo: 'Node 0, zone      DMA      1      0 \nNode 1, zone   Normal   4381 \n',
    }),
  ).toEqual([
    'node_buddyinfo_blocks{node="0",zone="DMA",size="0"} 1',
    'node_buddyinfo_blocks{node="0",zone="DMA",size="1"} 0',
    'node_buddyinfo_blocks{node="1",zone="Normal",size="0"} 4381',
  ]);
});

it('refuses other text', () => {
  expect(() => collect(collector, { buddyinfo: 'zone DMA 1\n' })).toThrow('/proc/buddyinfo');
});
