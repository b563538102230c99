/**
 * Source: /proc/sys/net/netfilter/nf_conntrack_{count,max} (ip_conntrack_* before 2.6.20),
 *         /proc/net/stat/nf_conntrack
 * Shape:  "123"; "entries searched found ..." and a line of hexadecimal numbers for each CPU
 * Units:  connections and events, exported as they are; node_exporter has the events as gauges
 * Needs:  nothing   Cost: three small files
 * Absent when: connection tracking is not loaded; an event the kernel does not count
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge, type Metric } from '../../../lib/metric.ts';
import { contentOf, filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const entries = gauge('node_nf_conntrack_entries', 'Connections that are tracked.');
const limit = gauge('node_nf_conntrack_entries_limit', 'Most connections that can be tracked.');
const event = (name: string, help: string): [string, Metric] => [
  name,
  gauge(`node_nf_conntrack_stat_${name}`, help),
];
const EVENTS = new Map([
  event('found', 'Searches that found their connection.'),
  event('invalid', 'Packets that belong to no connection and cannot start one.'),
  event('ignore', 'Packets that are not tracked.'),
  event('insert', 'Connections added to the table.'),
  event('insert_failed', 'Connections that could not be added, as they were there already.'),
  event('drop', 'Packets dropped because the table was full.'),
  event('early_drop', 'Connections dropped to make room for new ones.'),
  event('search_restart', 'Searches repeated because the table was resized.'),
]);

const LIMITS = /^\/proc\/sys\/net\/(?:netfilter\/nf|ipv4\/netfilter\/ip)_conntrack_(?<what>count|max)$/;

export const collector = {
  name: 'conntrack',
  help: 'How full the table of tracked connections is: a full one drops new connections.',
  metrics: [entries, limit, ...EVENTS.values()],
  sections: ['limits', 'conntrack'],
  tier: 'fast',
  *samples({ section }) {
    const found = new Map(
      [...filesOf(section('limits'), LIMITS)].map(({ groups, line }) => [groups['what'], line]),
    );
    yield entries(kernelNumber(found.get('count')));
    yield limit(kernelNumber(found.get('max')));
    const text = contentOf(section('conntrack'));
    if (text === undefined) return;
    for (const [name, sum] of sumEvents(text)) {
      const metric = EVENTS.get(name);
      if (metric !== undefined) yield metric(sum);
    }
  },
} satisfies HostCollector;

/** Each column summed over the CPUs. Throws ParseError for a line that does not fit its heading. */
export function sumEvents(text: string): ReadonlyMap<string, number> {
  const [names = [], ...rows] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
  const sums = new Map<string, number>();
  for (const row of rows) {
    if (row.length !== names.length || !row.every((cell) => /^[0-9a-f]{1,16}$/.test(cell))) {
      throw new ParseError(
        '/proc/net/stat/nf_conntrack',
        `${names.length} hexadecimal numbers`,
        row.join(' '),
      );
    }
    for (const [index, name] of names.entries())
      sums.set(name, (sums.get(name) ?? 0) + Number.parseInt(row[index] ?? '', 16));
  }
  return sums;
}
