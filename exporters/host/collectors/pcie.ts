/**
 * Source: /sys/devices/pci* (Linux 4.13 and later), else lspci -vv, https://docs.kernel.org/admin-guide/abi-testing.html
 *         (sysfs-bus-pci)
 * Shape:  max_link_speed "8.0 GT/s PCIe", current_link_width "4"; "LnkSta: Speed 5GT/s, Width x4 (downgraded)"
 * Units:  GT/s -> transfers per second; lanes
 * Needs:  nothing for /sys, root for lspci   Cost: ten small files per device
 * Absent when: of virtual machines; the downgrade, where the port above is not told: a slot may have fewer lanes
 *         than the card. Only storage and network are judged, for graphics save power while idle
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { isDowngraded, lspciLinks, type PciLink, sysfsLinks } from '../formats/pci.ts';
import { contentOf, type HostCollector, type HostInput, treeOf } from '../host-collector.ts';
import { isVirtual } from './virtual.ts';

const PLACE = ['segment', 'bus', 'device', 'function'] as const;
const currentSpeed = gauge(
  'node_pcidevice_current_link_transfers_per_second',
  'Transfers per second the link runs at.',
  PLACE,
);
const currentWidth = gauge('node_pcidevice_current_link_width', 'Lanes the link runs with.', PLACE);
const maxSpeed = gauge(
  'node_pcidevice_max_link_transfers_per_second',
  'Transfers per second the device can do.',
  PLACE,
);
const maxWidth = gauge('node_pcidevice_max_link_width', 'Lanes the device has.', PLACE);
const downgraded = gauge(
  'pgfleet_pcie_link_downgraded',
  'Whether the link of a storage or network adapter has less than the adapter and its slot allow.',
  ['address', 'kind', 'name', 'what'],
);

export const collector = {
  name: 'pcie',
  help: 'Whether storage and network adapters run at the speed and width they and their slots have.',
  metrics: [currentSpeed, currentWidth, maxSpeed, maxWidth, downgraded],
  sections: ['pci', 'lspci'],
  tier: 'inventory',
  *samples(input) {
    if (isVirtual(input)) return;
    for (const link of links(input)) if (link.kind !== 'bridge') yield* linkSamples(link);
  },
} satisfies HostCollector;

function links({ section }: HostInput): PciLink[] {
  const tree = contentOf(section('pci'));
  if (tree !== undefined) return sysfsLinks(treeOf(tree));
  return lspciLinks(contentOf(section('lspci')) ?? '');
}

function* linkSamples(link: PciLink): Generator<Sample> {
  const { address, kind, name = '', current, maximum } = link;
  const [segment = '', bus = '', rest = ''] = address.split(':');
  const [device = '', func = ''] = rest.split('.');
  const place = { segment, bus, device, function: func };
  yield currentSpeed(place, current.transfersPerSecond);
  yield currentWidth(place, current.width);
  yield maxSpeed(place, maximum.transfersPerSecond);
  yield maxWidth(place, maximum.width);
  if (kind === 'other') return;
  for (const [what, key] of [
    ['width', 'width'],
    ['speed', 'transfersPerSecond'],
  ] as const) {
    const less = isDowngraded(link, key);
    yield downgraded({ address, kind, name, what }, less === undefined ? undefined : Number(less));
  }
}
