/**
 * Source: /sys/devices/system/node/node<N>/{meminfo,numastat}, https://docs.kernel.org/admin-guide/numastat.html
 * Shape:  "Node 0 MemFree:        53030372 kB", "Node 0 HugePages_Total:     0"; "numa_hit 193460335812"
 * Units:  kB (of 1024) -> bytes, without a unit in the name, as node_exporter has it; huge pages and events as they are
 * Needs:  nothing   Cost: two small files for each node; off by default, as in node_exporter
 * Absent when: the kernel knows no NUMA; a line it does not have
 */
import { counter, gauge, type Metric } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const events = (word: string): [string, Metric<'node'>] => [
  word,
  counter(`node_memory_numa_${word}_total`, `Memory information field ${word}.`, ['node']),
];
const EVENTS = new Map(
  ['numa_hit', 'numa_miss', 'numa_foreign', 'interleave_hit', 'local_node', 'other_node'].map(events),
);

export const collector = {
  name: 'meminfo_numa',
  help: 'Memory of each NUMA node, and how often it was taken from another one.',
  metrics: [...EVENTS.values()],
  // The fields are the kernel's.
  familyPrefix: 'node_memory_numa_',
  enabledByDefault: false,
  sections: ['numa:node0:meminfo', 'numa:node0:numastat'],
  tier: 'detail',
  *samples({ sections }) {
    for (const section of sections('numa:')) {
      const node = /^numa:node(?<node>\d+):/.exec(section.name)?.groups?.['node'];
      if (node === undefined) continue;
      const text = contentOf(section) ?? '';
      for (const [, word = '', digits] of text.matchAll(/^([a-z_]+) (\d+)$/gm)) {
        const metric = EVENTS.get(word);
        if (metric !== undefined) yield metric({ node }, kernelNumber(digits));
      }
      for (const [, field = '', digits, unit] of text.matchAll(FIELD)) {
        const value = kernelNumber(digits);
        const name = `node_memory_numa_${field.replace(/\((\w+)\)/, '_$1')}`;
        const metric = gauge(name, `Memory information field ${field}.`, ['node']);
        yield metric({ node }, value === undefined || unit === undefined ? value : value * 1024);
      }
    }
  },
} satisfies HostCollector;

const FIELD = /^Node \d+ ([A-Z]\w*(?:\(\w+\))?):[ \t]+(\d+)( kB)?[ \t]*$/gm;
