import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './arp.ts';

const HEADING = 'IP address       HW type     Flags       HW address            Mask     Device\n';

it('counts the neighbours of each device', () => {
  const arp = `${HEADING}10.0.0.1 0x1 0x2 02:fc:00:00:00:05 * eth0
10.0.0.2 0x1 0x0 00:00:00:00:00:00 * eth0
10.1.0.1 0x1 0x2 02:fc:00:00:00:06 * bond0.7
`;

  expect(collect(collector, { arp })).toEqual([
    'node_arp_entries{device="eth0"} 2',
    'node_arp_entries{device="bond0.7"} 1',
  ]);
});

it('has no series for an empty table, and none where there is none', () => {
  expect(collect(collector, { arp: HEADING })).toEqual([]);
  expect(collect(collector, { arp: { status: 'absent' } })).toEqual([]);
});

it('refuses lines of another shape', () => {
  expect(() => collect(collector, { arp: 'nothing\n' })).toThrow('IP address');
  expect(() => collect(collector, { arp: `${HEADING}10.0.0.1 eth0\n` })).toThrow('six columns');
});
