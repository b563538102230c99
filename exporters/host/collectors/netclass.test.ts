import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseNetclass } from './netclass.ts';

const tree = (device: string, files: Readonly<Record<string, string>>) =>
  Object.entries(files)
    .map(([file, value]) => `/sys/class/net/${device}/${file}${value === '' ? '' : `\t${value}`}\n`)
    .join('');

describe('netclass', () => {
  it('exports a link that is up', () => {
    const netclass = tree('eth0', {
      address: '00:1e:c9:aa:bb:cc',
      broadcast: 'ff:ff:ff:ff:ff:ff',
      carrier: '1',
      carrier_changes: '2',
      dev_id: '0x20',
      duplex: 'full',
      flags: '0x1003',
      ifalias: 'to "core" switch',
      mtu: '1500',
      operstate: 'up',
      speed: '1000',
      type: '1',
    });

    expect(collect(collector, { netclass })).toEqual([
      'node_network_up{device="eth0"} 1',
      'node_network_info{address="00:1e:c9:aa:bb:cc",adminstate="up",broadcast="ff:ff:ff:ff:ff:ff",device="eth0",duplex="full",ifalias="to \\"core\\" switch",operstate="up"} 1',
      'node_network_carrier{device="eth0"} 1',
      'node_network_carrier_changes_total{device="eth0"} 2',
      'node_network_device_id{device="eth0"} 32',
      'node_network_flags{device="eth0"} 4099',
      'node_network_mtu_bytes{device="eth0"} 1500',
      'node_network_protocol_type{device="eth0"} 1',
      'node_network_speed_bytes{device="eth0"} 125000000',
    ]);
  });

  it.each([['-1'], ['0'], ['65535'], ['4294967295'], ['']])('knows no speed from "%s"', (speed) => {
    const samples = collect(collector, { netclass: tree('eth0', { operstate: 'down', speed }) });

    expect(samples.join()).not.toContain('speed_bytes');
    expect(samples[0]).toBe('node_network_up{device="eth0"} 0');
  });

  it('takes "unknown" of a loopback for not up, as node_exporter does', () => {
    const samples = collect(collector, { netclass: tree('lo', { operstate: 'unknown', flags: '0x9' }) });

    expect(samples[0]).toBe('node_network_up{device="lo"} 0');
    expect(samples[1]).toContain('adminstate="up"');
  });

  it('says nothing of states that could not be read', () => {
    const samples = collect(collector, { netclass: tree('eth0', { mtu: '1500' }) });

    expect(samples.join()).not.toContain('node_network_up');
    expect(samples[0]).toContain('adminstate="unknown"');
  });

  it('passes over lines that belong to no interface', () => {
    expect(parseNetclass('noise\n/sys/class/net/bonding_masters\tbond0\n').size).toBe(0);
  });
});
