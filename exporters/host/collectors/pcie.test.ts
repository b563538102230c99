import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './pcie.ts';

const ROOT = '/sys/devices/pci0000:00/0000:00:02.0';
const files = (folder: string, values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([file, value]) => `${folder}/${file}\t${value}\n`)
    .join('');
const link = (klass: string, [speed, width, maxSpeed, maxWidth]: readonly string[]) => ({
  class: klass,
  current_link_speed: `${speed} GT/s PCIe`,
  current_link_width: `${width}`,
  max_link_speed: `${maxSpeed} GT/s PCIe`,
  max_link_width: `${maxWidth}`,
});
const only = (name: string, sections: Parameters<typeof collect>[1]) =>
  collect(collector, sections).filter((line) => line.startsWith(name));

describe('pcie from /sys', () => {
  const pci =
    files(ROOT, link('0x060400', ['8.0', '4', '8.0', '8'])) +
    files(`${ROOT}/0000:03:00.0`, {
      ...link('0x010400', ['8.0', '4', '8.0', '8']),
      'host0/scsi_host/host0/proc_name': 'hpsa',
    }) +
    files('/sys/devices/pci0000:00/0000:00:03.0', link('0x060400', ['5.0', '4', '5.0', '4'])) +
    files('/sys/devices/pci0000:00/0000:00:03.0/0000:04:00.0', {
      ...link('0x020000', ['5.0', '4', '8.0', '8']),
      'net/eth0/ifindex': '2',
    });

  it('exports links as node_exporter does', () => {
    expect(only('node_pcidevice', { pci }).slice(0, 4)).toEqual([
      'node_pcidevice_current_link_transfers_per_second{segment="0000",bus="03",device="00",function="0"} 8000000000',
      'node_pcidevice_current_link_width{segment="0000",bus="03",device="00",function="0"} 4',
      'node_pcidevice_max_link_transfers_per_second{segment="0000",bus="03",device="00",function="0"} 8000000000',
      'node_pcidevice_max_link_width{segment="0000",bus="03",device="00",function="0"} 8',
    ]);
  });

  it('finds lost lanes, and blames no card for a slot that has fewer', () => {
    expect(only('pgfleet', { pci })).toEqual([
      'pgfleet_pcie_link_downgraded{address="0000:03:00.0",kind="storage",name="host0",what="width"} 1',
      'pgfleet_pcie_link_downgraded{address="0000:03:00.0",kind="storage",name="host0",what="speed"} 0',
      'pgfleet_pcie_link_downgraded{address="0000:04:00.0",kind="network",name="eth0",what="width"} 0',
      'pgfleet_pcie_link_downgraded{address="0000:04:00.0",kind="network",name="eth0",what="speed"} 0',
    ]);
  });

  it('judges nothing where speed and width are unknown', () => {
    const unknown = files(ROOT, {
      class: '0x010802',
      current_link_speed: 'Unknown',
      current_link_width: '0',
      max_link_width: '255',
    });

    expect(collect(collector, { pci: unknown })).toEqual([]);
  });
});

describe('pcie from lspci', () => {
  const lspci = [
    '0000:00:05.0 0604: 8086:340c (rev 22) (prog-if 00 [Normal decode])',
    '\tBus: primary=00, secondary=05, subordinate=05, sec-latency=0',
    '\t\tLnkCap:\tPort #5, Speed 5GT/s, Width x8, ASPM L0s L1, Latency L0 <512ns, L1 <64us',
    '\t\tLnkSta:\tSpeed 2.5GT/s (downgraded), Width x4 (downgraded), TrErr- Train- SlotClk+',
    '',
    '0000:05:00.0 0104: 1000:0079 (rev 05)',
    '\t\tLnkCap:\tPort #0, Speed 5GT/s, Width x8, ASPM L0s, Latency L0 <64ns, L1 <1us',
    '\t\tLnkSta:\tSpeed 2.5GT/s, Width x4, TrErr- Train- SlotClk+ DLActive- BWMgmt- ABWMgmt-',
    '\tKernel driver in use: megaraid_sas',
    '',
  ].join('\n');

  it('finds the port by its bus', () => {
    expect(only('pgfleet', { pci: { status: 'absent' }, lspci })).toEqual([
      'pgfleet_pcie_link_downgraded{address="0000:05:00.0",kind="storage",name="megaraid_sas",what="width"} 1',
      'pgfleet_pcie_link_downgraded{address="0000:05:00.0",kind="storage",name="megaraid_sas",what="speed"} 1',
    ]);
  });

  it('reads nothing out of what a user may not see', () => {
    const denied = '05:00.0 0104: 1000:0079\n\tCapabilities: <access denied>\n';

    expect(collect(collector, { lspci: denied })).toEqual([]);
  });
});
