/**
 * Source: /proc/zoneinfo, https://man7.org/linux/man-pages/man5/proc_zoneinfo.5.html
 * Shape:  "Node 0, zone      DMA", then "  pages free     2949", "      nr_dirty     103",
 *         "        protection: (0, 2039, 31932)"
 * Units:  pages and events, exported as they are
 * Needs:  nothing   Cost: one file that grows with CPUs times zones; off by default, as in node_exporter
 * Absent when: a line the kernel does not have
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter, gauge, type Metric } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

type ZoneMetric = Metric<'node' | 'zone'>;
const LABELS = ['node', 'zone'] as const;
const describe = (word: string) =>
  `${word.replaceAll('_', ' ')} of the zone.`.replace(/^./, (c) => c.toUpperCase());
const pages = (word: string, name = `${word}_pages`): [string, ZoneMetric] => [
  word,
  gauge(`node_zoneinfo_${name}`, describe(name), LABELS),
];
const events = (word: string): [string, ZoneMetric] => [
  word,
  counter(`node_zoneinfo_${word}_total`, describe(word), LABELS),
];

const WORDS: ReadonlyMap<string, ZoneMetric> = new Map([
  ...['min', 'low', 'high', 'scanned', 'spanned', 'present', 'managed'].map((word) => pages(word)),
  ...`nr_active_anon nr_inactive_anon nr_isolated_anon nr_anon_pages nr_active_file nr_inactive_file
    nr_isolated_file nr_file_pages nr_slab_reclaimable nr_slab_unreclaimable nr_mlock_stack nr_mapped nr_dirty
    nr_writeback nr_unevictable nr_shmem nr_free_pages`
    .split(/\s+/)
    .map((word) => pages(word, word.endsWith('_pages') ? word : `${word}_pages`)),
  pages('nr_anon_transparent_hugepages', 'nr_anon_transparent_hugepages'),
  pages('nr_kernel_stack', 'nr_kernel_stacks'),
  ...['nr_dirtied', 'nr_written'].map(events),
  ...['hit', 'miss', 'foreign', 'interleave', 'local', 'other'].map((word) => events(`numa_${word}`)),
]);
/** A zone protects itself from requests that could use up to this many higher zones. */
const MOST_PROTECTIONS = 8;
const PROTECTIONS = Array.from({ length: MOST_PROTECTIONS }, (_, index) =>
  gauge(`node_zoneinfo_protection_${index}`, `Pages kept from requests for zone ${index} and above.`, LABELS),
);

export const collector = {
  name: 'zoneinfo',
  help: 'Memory by NUMA node and zone, and how far each is from its watermarks.',
  metrics: [...WORDS.values(), ...PROTECTIONS],
  enabledByDefault: false,
  sections: ['zoneinfo'],
  tier: 'detail',
  *samples({ section }) {
    const text = contentOf(section('zoneinfo'));
    if (text === undefined) return;
    for (const { node, zone, body } of parseZones(text)) {
      const labels = { node, zone };
      const seen = new Set<string>();
      // What follows is about single CPUs and says "high" again.
      for (const [, word = '', digits] of body.matchAll(/^\s+(?:pages )?([a-z]\w*)\s+(\d+)$/gm)) {
        const metric = WORDS.get(word);
        if (metric === undefined || seen.has(word)) continue;
        seen.add(word);
        yield metric(labels, kernelNumber(digits));
      }
      const protections = /protection: \((?<list>[\d, ]+)\)/.exec(body)?.groups?.['list']?.split(', ') ?? [];
      for (const [index, metric] of PROTECTIONS.entries())
        yield metric(labels, kernelNumber(protections[index]));
    }
  },
} satisfies HostCollector;

function parseZones(text: string): { node: string; zone: string; body: string }[] {
  const parts = text.split(/^Node (?=\d+, zone)/m).slice(1);
  if (parts.length === 0) throw new ParseError('/proc/zoneinfo', 'lines "Node 0, zone DMA"', text);
  return parts.map((part) => {
    const [, node = '', zone = '', body = ''] = /^(\d+), zone +(\S+)\n(.*)$/s.exec(part) ?? [];
    return { node, zone, body: body.split('\n  pagesets')[0] ?? '' };
  });
}
