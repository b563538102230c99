/**
 * Source: /proc/net/arp, https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
 * Shape:  a heading, then "10.0.0.1  0x1  0x2  00:1e:c9:aa:bb:cc  *  eth0"
 * Units:  lines per device
 * Needs:  nothing   Cost: one file, a line for each neighbour
 * Absent when: the kernel has no IPv4; a device without neighbours
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const entries = gauge('node_arp_entries', 'Neighbours in the ARP table of the device.', ['device']);

export const collector = {
  name: 'arp',
  help: 'How many neighbours each network device knows.',
  metrics: [entries],
  sections: ['arp'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('arp'));
    if (text === undefined) return;
    for (const [device, count] of countNeighbours(text)) yield entries({ device }, count);
  },
} satisfies HostCollector;

/** Throws ParseError for a table without its heading or a line of another shape. */
export function countNeighbours(text: string): ReadonlyMap<string, number> {
  const [heading, ...lines] = text.split('\n').filter((line) => line !== '');
  if (heading !== undefined && !heading.startsWith('IP address')) {
    throw new ParseError('/proc/net/arp', 'the heading "IP address ..."', heading);
  }
  const counts = new Map<string, number>();
  for (const line of lines) {
    const columns = line.trim().split(/\s+/);
    const device = columns[5];
    if (device === undefined || columns.length > 6) {
      throw new ParseError('/proc/net/arp', 'six columns', line);
    }
    counts.set(device, (counts.get(device) ?? 0) + 1);
  }
  return counts;
}
