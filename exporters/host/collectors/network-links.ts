/**
 * Source: ethtool DEVICE and ethtool -i DEVICE, https://man7.org/linux/man-pages/man8/ethtool.8.html
 * Shape:  "Supported link modes: 1000baseT/Full", "Speed: 1000Mb/s", "firmware-version: 5.2.7"
 * Units:  Mb/s -> bytes per second
 * Needs:  ethtool; root on some kernels before 2.6.37   Cost: two processes per interface
 * Absent when: ethtool is not installed, or the interface is a virtual one
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { parseEthtool, parseEthtoolDriver } from '../formats/ethtool.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const info = gauge('node_ethtool_info', 'Driver and firmware of an interface, always 1.', [
  'bus_info',
  'device',
  'driver',
  'expansion_rom_version',
  'firmware_version',
  'version',
]);
const supported = gauge('node_network_supported_speed_bytes', 'Speeds an interface can do.', [
  'device',
  'duplex',
  'mode',
]);
const below = gauge(
  'pgfleet_network_speed_below_capability',
  'Whether the link is slower than both its ends can do, or than the interface where the other end is silent.',
  ['device'],
);
const halfDuplex = gauge(
  'pgfleet_network_half_duplex',
  'Whether the link sends and receives in turns only.',
  ['device'],
);

export const collector = {
  name: 'network_links',
  help: 'Whether network links run as fast as their interfaces can, and their firmware.',
  metrics: [info, supported, below, halfDuplex],
  sections: ['ethtool'],
  tier: 'inventory',
  *samples({ sections }) {
    for (const found of sections('ethtool:')) {
      const device = found.name.slice('ethtool:'.length);
      // It ends with a code of its own when one of its questions was refused, and answers the others.
      const partly = found.status === 'failed' || found.status === 'denied';
      const text = partly ? found.output : contentOf(found);
      if (text !== undefined) yield* linkSamples(device, text);
    }
    for (const found of sections('ethtool-driver:')) {
      const fields = parseEthtoolDriver(found.status === 'ok' ? found.output : '');
      if (fields.size === 0) continue;
      const of = (key: string) => fields.get(key) ?? '';
      const labels = {
        bus_info: of('bus-info'),
        device: found.name.slice('ethtool-driver:'.length),
        driver: of('driver'),
        expansion_rom_version: of('expansion-rom-version'),
        firmware_version: of('firmware-version'),
        version: of('version'),
      };
      yield info(labels, 1);
    }
  },
} satisfies HostCollector;

function* linkSamples(device: string, text: string): Generator<Sample> {
  const port = parseEthtool(text);
  const told = new Map(port.supported.map((mode) => [`${mode.mode}/${mode.duplex}`, mode]));
  for (const { megabits, mode, duplex } of told.values())
    yield supported({ device, duplex, mode }, megabits * BYTES);
  if (port.megabits === undefined || port.linkDetected === false) return;
  const fastest = (modes: readonly { megabits: number }[]) =>
    Math.max(0, ...modes.map(({ megabits }) => megabits));
  const own = fastest(port.supported);
  const partner = fastest(port.partner);
  const possible = partner > 0 ? Math.min(own, partner) : own;
  yield below({ device }, own > 0 ? Number(port.megabits < possible) : undefined);
  yield halfDuplex({ device }, port.duplex === undefined ? undefined : Number(port.duplex === 'half'));
}

const BYTES = 125_000;
