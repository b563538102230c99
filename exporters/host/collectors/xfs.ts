/**
 * Source: /sys/fs/xfs/<device>/stats/stats, https://docs.kernel.org/admin-guide/xfs.html
 * Shape:  "extent_alloc 1 872 0 0", "vnodes 4 0 0 0 1 1 1 0"
 * Units:  events and blocks, exported as they are
 * Needs:  nothing   Cost: one file for each XFS file system
 * Absent when: there is none; before Linux 4.4, which counts for all together only
 */
import { counter, type Metric } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

/** Words of each line, in its order, as node_exporter calls them; "-" is not exported. */
const LINES: Readonly<Record<string, string>> = {
  extent_alloc: `extent_allocation_extents_allocated extent_allocation_blocks_allocated
    extent_allocation_extents_freed extent_allocation_blocks_freed`,
  abt: `allocation_btree_lookups allocation_btree_compares allocation_btree_records_inserted
    allocation_btree_records_deleted`,
  blk_map: `block_mapping_reads block_mapping_writes block_mapping_unmaps block_mapping_extent_list_insertions
    block_mapping_extent_list_deletions block_mapping_extent_list_lookups block_mapping_extent_list_compares`,
  bmbt: `block_map_btree_lookups block_map_btree_compares block_map_btree_records_inserted
    block_map_btree_records_deleted`,
  dir: 'directory_operation_lookup directory_operation_create directory_operation_remove directory_operation_getdents',
  ig: `inode_operation_attempts inode_operation_found inode_operation_recycled inode_operation_missed
    inode_operation_duplicates inode_operation_reclaims inode_operation_attribute_changes`,
  rw: 'write_calls read_calls',
  vnodes: `vnode_active vnode_allocate vnode_get vnode_hold vnode_release vnode_reclaim vnode_remove -`,
};

const METRICS = new Map<string, readonly (Metric<'device'> | undefined)[]>(
  Object.entries(LINES).map(([line, words]) => [
    line,
    words
      .split(/\s+/)
      .map((word) =>
        word === '-'
          ? undefined
          : counter(`node_xfs_${word}_total`, `XFS: ${word.replaceAll('_', ' ')}.`, ['device']),
      ),
  ]),
);

export const collector = {
  name: 'xfs',
  help: 'What XFS file systems do: allocations, look-ups, inodes.',
  metrics: [...METRICS.values()].flat().filter((metric) => metric !== undefined),
  sections: ['xfs'],
  tier: 'fast',
  *samples({ section }) {
    const stats = filesOf(section('xfs'), /^\/sys\/fs\/xfs\/(?<device>[^/]+)\/stats\/stats$/);
    for (const { groups, lines } of stats) {
      const labels = { device: groups['device'] ?? '' };
      for (const line of lines) {
        const [name = '', ...numbers] = line.split(' ');
        for (const [index, metric] of (METRICS.get(name) ?? []).entries())
          if (metric !== undefined) yield metric(labels, kernelNumber(numbers[index]));
      }
    }
  },
} satisfies HostCollector;
