/**
 * Source: /proc/sys/vm/*, /proc/sys/kernel/numa_balancing, https://docs.kernel.org/admin-guide/sysctl/vm.html;
 *         /sys/kernel/mm/transparent_hugepage/enabled (redhat_transparent_hugepage on EL6)
 * Shape:  one number per file; "always [madvise] never"
 * Units:  as the kernel has them: percent, bytes, pages or a mode; the label says which setting
 * Needs:  nothing   Cost: 11 small files
 * Absent when: a setting the kernel does not have gives no series
 */
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber, treeOf } from '../host-collector.ts';

const setting = gauge(
  'pgfleet_host_kernel_setting',
  'Kernel settings that PostgreSQL cares about, in units of the kernel.',
  ['setting'],
);
const hugePages = gauge(
  'pgfleet_host_transparent_hugepage_info',
  'Mode of transparent huge pages: always, madvise or never; always 1.',
  ['enabled'],
);

export const collector = {
  name: 'kernel_settings',
  help: 'Swapping, overcommit, NUMA and huge page settings that make or break a database.',
  metrics: [setting, hugePages],
  sections: ['settings'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('settings'));
    if (text === undefined) return;
    for (const [path, [line]] of treeOf(text)) {
      const name = /^\/proc\/sys\/(?<name>[\w/]+)$/.exec(path)?.groups?.['name'];
      if (name !== undefined) yield setting({ setting: name.replaceAll('/', '.') }, kernelNumber(line));
      const enabled = /\[(?<mode>\w+)\]/.exec(line ?? '')?.groups?.['mode'];
      if (name === undefined && enabled !== undefined) yield hugePages({ enabled }, 1);
    }
  },
} satisfies HostCollector;
