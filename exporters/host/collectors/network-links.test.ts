import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './network-links.ts';

const port = (speed: string, more: readonly string[] = []) =>
  [
    'Settings for eth0:',
    '\tSupported ports: [ TP ]',
    '\tSupported link modes:   10baseT/Half 10baseT/Full ',
    '\t                        1000baseT/Full ',
    '\tSupports auto-negotiation: Yes',
    '\tAdvertised link modes:  1000baseT/Full',
    ...more,
    `\tSpeed: ${speed}`,
    '\tDuplex: Full',
    '\tLink detected: yes',
    '',
  ].join('\n');

it('tells what the interface can do, and that its link does less', () => {
  expect(collect(collector, { 'ethtool:eth0': port('100Mb/s') })).toEqual([
    'node_network_supported_speed_bytes{device="eth0",duplex="half",mode="10baseT"} 1250000',
    'node_network_supported_speed_bytes{device="eth0",duplex="full",mode="10baseT"} 1250000',
    'node_network_supported_speed_bytes{device="eth0",duplex="full",mode="1000baseT"} 125000000',
    'pgfleet_network_speed_below_capability{device="eth0"} 1',
    'pgfleet_network_half_duplex{device="eth0"} 0',
  ]);
});

it('blames no interface for a switch that cannot do more', () => {
  const partner = [
    '\tLink partner advertised link modes:  10baseT/Full',
    '\t                        100baseT/Full',
  ];

  expect(collect(collector, { 'ethtool:eth0': port('100Mb/s', partner) })).toContain(
    'pgfleet_network_speed_below_capability{device="eth0"} 0',
  );
});

it('judges no link that is down or of unknown speed', () => {
  const down =
    'Settings for eth1:\n\tSupported link modes: 10000baseT/Full\n\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n\tLink detected: no\n';
  const odd =
    'Settings for eth2:\n\tSupported link modes: 1000baseT/Full\n\tSpeed: 65535Mb/s\n\tLink detected: yes\n';

  expect(collect(collector, { 'ethtool:eth1': down, 'ethtool:eth2': odd }).join()).not.toContain('pgfleet');
});

it('exports driver and firmware', () => {
  const driver =
    'driver: bnx2\nversion: 2.2.6\nfirmware-version: 7.8.16 bc 5.2.3 NCSI 2.0.12\nexpansion-rom-version: \nbus-info: 0000:02:00.0\n';

  expect(collect(collector, { 'ethtool-driver:em1': driver })).toEqual([
    'node_ethtool_info{bus_info="0000:02:00.0",device="em1",driver="bnx2",firmware_version="7.8.16 bc 5.2.3 NCSI 2.0.12",version="2.2.6"} 1',
  ]);
});
