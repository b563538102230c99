/**
 * Source: /proc/buddyinfo, https://man7.org/linux/man-pages/man5/proc_buddyinfo.5.html
 * Shape:  "Node 0, zone    DMA32    759    572    791 ..."
 * Units:  free blocks of 1, 2, 4 ... pages; the label size is the power of two
 * Needs:  nothing   Cost: one small file; off by default, as in node_exporter
 * Absent when: never on Linux
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const blocks = gauge('node_buddyinfo_blocks', 'Free blocks of memory by size, as a power of two of pages.', [
  'node',
  'zone',
  'size',
]);

export const collector = {
  name: 'buddyinfo',
  help: 'How fragmented free memory is: huge pages need large blocks.',
  metrics: [blocks],
  enabledByDefault: false,
  sections: ['buddyinfo'],
  tier: 'detail',
  *samples({ section }) {
    for (const line of (contentOf(section('buddyinfo')) ?? '').split('\n')) {
      if (line === '') continue;
      const [, node = '', zone = '', counts] = /^Node (\d+), zone +(\S+) +([\d ]+)$/.exec(line) ?? [];
      if (counts === undefined) throw new ParseError('/proc/buddyinfo', '"Node 0, zone DMA 1 0 ..."', line);
      for (const [size, count] of counts.trim().split(/ +/).entries())
        yield blocks({ node, zone, size: String(size) }, kernelNumber(count));
    }
  },
} satisfies HostCollector;
