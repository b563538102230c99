/**
 * Source: /proc/sys/kernel/hung_task_detect_count
 * Shape:  "42"
 * Units:  tasks
 * Needs:  nothing   Cost: one small file
 * Absent when: before Linux 6.13
 */
import { counter } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const hung = counter('node_kernel_hung_tasks_total', 'Tasks found waiting for a device for minutes.');

export const collector = {
  name: 'kernel_hung',
  help: 'Tasks that hung in the kernel: most often a disk or an NFS server that does not answer.',
  metrics: [hung],
  sections: ['limits'],
  tier: 'fast',
  *samples({ section }) {
    for (const { line } of filesOf(
      section('limits'),
      /^\/proc\/sys\/kernel\/(?<file>hung_task_detect_count)$/,
    ))
      yield hung(kernelNumber(line));
  },
} satisfies HostCollector;
