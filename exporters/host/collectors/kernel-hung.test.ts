import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './kernel-hung.ts';

it('counts hung tasks where the kernel does', () => {
  const limits = '/proc/sys/kernel/hung_task_detect_count\t42\n';

  expect(collect(collector, { limits })).toEqual(['node_kernel_hung_tasks_total 42']);
  expect(collect(collector, { limits: '/proc/sys/kernel/random/poolsize\t256\n' })).toEqual([]);
});
