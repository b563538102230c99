/**
 * Source: /proc/softirqs, https://man7.org/linux/man-pages/man5/proc_softirqs.5.html
 * Shape:  a heading of CPUs, then "NET_RX:  43066  104508"
 * Units:  events, exported as they are
 * Needs:  nothing   Cost: one file that grows with the CPUs; off by default, as in node_exporter
 * Absent when: before Linux 2.6.31
 */
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';
import { parsePerCpu } from './interrupts.ts';

const softirqs = counter('node_softirqs_functions_total', 'Deferred work of interrupts that each CPU did.', [
  'cpu',
  'type',
]);

export const collector = {
  name: 'softirqs',
  help: 'What deferred work keeps the CPUs busy: network, disks, timers.',
  metrics: [softirqs],
  enabledByDefault: false,
  sections: ['softirqs'],
  tier: 'detail',
  *samples({ section }) {
    const text = contentOf(section('softirqs'));
    if (text === undefined) return;
    const { cpus, rows } = parsePerCpu('/proc/softirqs', text);
    for (const { type, counts } of rows) {
      for (const [index, cpu] of cpus.entries()) yield softirqs({ cpu, type }, counts[index]);
    }
  },
} satisfies HostCollector;
