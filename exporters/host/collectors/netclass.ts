/**
 * Source: /sys/class/net/<device>/*, https://docs.kernel.org/admin-guide/abi-testing.html (sysfs-class-net)
 * Shape:  one value per file: "1500", "0x1003", "up", "full", "00:1e:c9:aa:bb:cc"
 * Units:  speed in Mbit/s -> bytes per second; flags and dev_id hexadecimal; the others as they are
 * Needs:  nothing   Cost: 22 small files per interface
 * Absent when: a file the kernel does not have or cannot answer (speed of an interface that is down)
 *         gives no series; so does a speed of -1, 0, 65535 or 4294967295, which means unknown
 */
import { counter, gauge, type Metric } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber, treeOf } from '../host-collector.ts';

const property = (name: string, help: string) => gauge(`node_network_${name}`, help, ['device']);
const changes = (name: string, help: string) => counter(`node_network_${name}_total`, help, ['device']);

const up = property('up', 'Whether the operational state of the interface is "up".');
const speed = property('speed_bytes', 'Speed of the link in bytes per second.');
const info = gauge('node_network_info', 'What the interface says in words, always 1.', [
  'address',
  'adminstate',
  'broadcast',
  'device',
  'duplex',
  'ifalias',
  'operstate',
]);

/** Files whose number is exported as it is. */
const NUMBERS: Readonly<Record<string, Metric<'device'>>> = {
  addr_assign_type: property(
    'address_assign_type',
    'How the address came about: 0 permanent, 1 random, 3 set.',
  ),
  carrier: property('carrier', 'Whether the link is physically there.'),
  carrier_changes: changes('carrier_changes', 'Changes of the physical link.'),
  carrier_up_count: changes('carrier_up_changes', 'Times the physical link came up.'),
  carrier_down_count: changes('carrier_down_changes', 'Times the physical link went down.'),
  dev_id: property('device_id', 'Tells interfaces apart that share a link-layer address.'),
  dormant: property('dormant', 'Whether the interface waits for an event, such as authentication.'),
  flags: property('flags', 'Interface flags of the kernel as a number.'),
  ifindex: property('iface_id', 'Index of the interface.'),
  iflink: property('iface_link', 'Index of the interface it is linked to; its own where there is none.'),
  link_mode: property('iface_link_mode', 'Policy for the operational state: 0 default, 1 dormant.'),
  mtu: property('mtu_bytes', 'Largest packet that is sent.'),
  name_assign_type: property(
    'name_assign_type',
    'How the name came about: 1 kernel, 2 predictable, 3 user, 4 renamed.',
  ),
  netdev_group: property('net_dev_group', 'Group of the interface.'),
  tx_queue_len: property('transmit_queue_length', 'Longest queue of packets to send.'),
  type: property('protocol_type', 'Kind of link layer: 1 Ethernet, 772 loopback.'),
};

const IFF_UP = 1;
const UNKNOWN_SPEEDS = new Set([0, 0xffff, 0xffff_ffff]);
const BYTES_PER_MEGABIT = 125_000;

export const collector = {
  name: 'netclass',
  help: 'State, speed and link changes of the network interfaces.',
  metrics: [up, speed, info, ...Object.values(NUMBERS)],
  sections: ['netclass'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('netclass'));
    if (text === undefined) return;
    for (const [device, files] of parseNetclass(text)) {
      const labels = { device };
      const operstate = files.get('operstate');
      yield up(labels, operstate === undefined ? undefined : Number(operstate === 'up'));
      yield info(
        {
          address: files.get('address') ?? '',
          adminstate: adminState(files.get('flags')),
          broadcast: files.get('broadcast') ?? '',
          device,
          duplex: files.get('duplex') ?? '',
          ifalias: files.get('ifalias') ?? '',
          operstate: operstate ?? '',
        },
        1,
      );
      for (const [file, metric] of Object.entries(NUMBERS)) yield metric(labels, integer(files.get(file)));
      const megabits = kernelNumber(files.get('speed'));
      const isKnown = megabits !== undefined && !UNKNOWN_SPEEDS.has(megabits);
      yield speed(labels, isKnown ? megabits * BYTES_PER_MEGABIT : undefined);
    }
  },
} satisfies HostCollector;

/** First line of every file by interface; empty files are left out. */
export function parseNetclass(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const interfaces = new Map<string, Map<string, string>>();
  for (const [path, [line]] of treeOf(text)) {
    const [, device, file] = /^\/sys\/class\/net\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    if (device === undefined || file === undefined || line === undefined || line === '') continue;
    const files = interfaces.get(device) ?? new Map<string, string>();
    interfaces.set(device, files.set(file, line));
  }
  return interfaces;
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^0x[0-9a-f]{1,12}$/i.test(text) ? Number(text) : kernelNumber(text);
}

function adminState(flags: string | undefined): string {
  const value = integer(flags);
  if (value === undefined) return 'unknown';
  return (value & IFF_UP) === 0 ? 'down' : 'up';
}
