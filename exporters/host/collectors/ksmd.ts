/**
 * Source: /sys/kernel/mm/ksm/*, https://docs.kernel.org/admin-guide/mm/ksm.html
 * Shape:  "255"
 * Units:  pages; bytes; milliseconds -> seconds
 * Needs:  nothing   Cost: ten small files; off by default, as in node_exporter
 * Absent when: the kernel was built without KSM; before Linux 2.6.32
 */
import { counter, gauge, type Metric } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, signedNumber } from '../host-collector.ts';

const value = (name: string, help: string) => gauge(`node_ksmd_${name}`, help);

const FILES: Readonly<Record<string, readonly [Metric, divisor: number]>> = {
  full_scans: [counter('node_ksmd_full_scans_total', 'Times all memory that may be merged was scanned.'), 1],
  general_profit: [value('general_profit_bytes', 'Memory saved, less what KSM itself uses.'), 1],
  merge_across_nodes: [value('merge_across_nodes', 'Whether pages of several NUMA nodes are merged.'), 1],
  pages_shared: [value('pages_shared', 'Merged pages in use.'), 1],
  pages_sharing: [value('pages_sharing', 'Pages saved by merging.'), 1],
  pages_to_scan: [value('pages_to_scan', 'Pages scanned before it sleeps.'), 1],
  pages_unshared: [value('pages_unshared', 'Pages that were found to be unique.'), 1],
  pages_volatile: [value('pages_volatile', 'Pages that change too fast to be merged.'), 1],
  run: [value('run', 'What KSM does: 0 nothing, 1 merge, 2 undo.'), 1],
  sleep_millisecs: [value('sleep_seconds', 'How long it sleeps between scans.'), 1000],
};

export const collector = {
  name: 'ksmd',
  help: 'Memory saved by merging equal pages, on hosts of virtual machines.',
  metrics: Object.values(FILES).map(([metric]) => metric),
  enabledByDefault: false,
  sections: ['ksm'],
  tier: 'detail',
  *samples({ section }) {
    for (const { groups, line } of filesOf(section('ksm'), /^\/sys\/kernel\/mm\/ksm\/(?<file>\w+)$/)) {
      const [metric, divisor = 1] = FILES[groups['file'] ?? ''] ?? [];
      const number = signedNumber(line);
      if (metric !== undefined && number !== undefined) yield metric(number / divisor);
    }
  },
} satisfies HostCollector;
