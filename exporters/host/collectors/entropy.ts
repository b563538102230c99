/**
 * Source: /proc/sys/kernel/random/{entropy_avail,poolsize}, https://man7.org/linux/man-pages/man4/random.4.html
 * Shape:  "256"
 * Units:  bits
 * Needs:  nothing   Cost: two small files
 * Absent when: never on Linux
 */
import { gauge } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const available = gauge('node_entropy_available_bits', 'Entropy the kernel has gathered.');
const size = gauge('node_entropy_pool_size_bits', 'Most entropy the kernel keeps.');

export const collector = {
  name: 'entropy',
  help: 'Whether the kernel has random numbers to give: old kernels let a TLS handshake wait for them.',
  metrics: [available, size],
  sections: ['limits'],
  tier: 'fast',
  *samples({ section }) {
    for (const { groups, line } of filesOf(section('limits'), /\/random\/(?<file>entropy_avail|poolsize)$/))
      yield (groups['file'] === 'poolsize' ? size : available)(kernelNumber(line));
  },
} satisfies HostCollector;
