import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './xfs.ts';

it('exports what each file system counts', () => {
  const xfs = `/sys/fs/xfs/sda1/stats/stats\textent_alloc 1 872 0 0
/sys/fs/xfs/sda1/stats/stats\trw 28 5
/sys/fs/xfs/sda1/stats/stats\tdebug 0
/sys/fs/xfs/stats/stats\trw 1 1
`;

  expect(collect(collector, { xfs })).toEqual([
    'node_xfs_extent_allocation_extents_allocated_total{device="sda1"} 1',
    'node_xfs_extent_allocation_blocks_allocated_total{device="sda1"} 872',
    'node_xfs_extent_allocation_extents_freed_total{device="sda1"} 0',
    'node_xfs_extent_allocation_blocks_freed_total{device="sda1"} 0',
    'node_xfs_write_calls_total{device="sda1"} 28',
    'node_xfs_read_calls_total{device="sda1"} 5',
  ]);
});

it('leaves out what a line does not have', () => {
  expect(collect(collector, { xfs: '/sys/fs/xfs/sda1/stats/stats\trw 28\n' })).toEqual([
    'node_xfs_write_calls_total{device="sda1"} 28',
  ]);
});
