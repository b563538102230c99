import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './bonding.ts';

it('counts members and those whose link is up', () => {
  const bonding = `/sys/class/net/bond0/bonding/slaves\teth0 eth1
/sys/class/net/bond1/bonding/slaves
/sys/class/net/bond0/lower_eth0/bonding_slave/mii_status\tup
/sys/class/net/bond0/slave_eth1/bonding_slave/mii_status\tdown
`;

  expect(collect(collector, { bonding })).toEqual([
    'node_bonding_slaves{master="bond0"} 2',
    'node_bonding_active{master="bond0"} 1',
    'node_bonding_slaves{master="bond1"} 0',
    'node_bonding_active{master="bond1"} 0',
  ]);
});

it('takes the state of the interfaces on kernels that do not tell more', () => {
  const sections = {
    bonding: '/sys/class/net/bond0/bonding/slaves\teth0 eth1\n',
    netclass: '/sys/class/net/eth0/operstate\tup\n/sys/class/net/eth1/operstate\tdown\n',
  };

  expect(collect(collector, sections)).toContain('node_bonding_active{master="bond0"} 1');
});

it('does not count what it does not know', () => {
  const bonding = '/sys/class/net/bond0/bonding/slaves\teth0\n';

  expect(collect(collector, { bonding })).toEqual(['node_bonding_slaves{master="bond0"} 1']);
});
