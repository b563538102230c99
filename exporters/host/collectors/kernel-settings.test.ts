import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './kernel-settings.ts';

it('exports settings by their sysctl names, and the mode of huge pages', () => {
  const settings = `/proc/sys/vm/swappiness\t60
/proc/sys/vm/zone_reclaim_mode\t1
/proc/sys/kernel/numa_balancing\t1
/sys/kernel/mm/redhat_transparent_hugepage/enabled\t[always] madvise never
`;

  expect(collect(collector, { settings })).toEqual([
    'pgfleet_host_kernel_setting{setting="vm.swappiness"} 60',
    'pgfleet_host_kernel_setting{setting="vm.zone_reclaim_mode"} 1',
    'pgfleet_host_kernel_setting{setting="kernel.numa_balancing"} 1',
    'pgfleet_host_transparent_hugepage_info{enabled="always"} 1',
  ]);
});

it('leaves out what the kernel does not have or did not tell', () => {
  const settings = '/proc/sys/vm/dirty_bytes\n/sys/kernel/mm/transparent_hugepage/enabled\tgarbage\n';

  expect(collect(collector, { settings })).toEqual([]);
  expect(collect(collector, { settings: { status: 'absent' } })).toEqual([]);
});
