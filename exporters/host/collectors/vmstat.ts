/**
 * Source: /proc/vmstat, https://man7.org/linux/man-pages/man5/proc_vmstat.5.html
 * Shape:  "pgpgin 7344136"
 * Units:  pgpgin and pgpgout in KiB, the others in pages or events; exported as they are
 * Needs:  nothing   Cost: one file
 * Absent when: oom_kill before Linux 4.13
 */
import { ParseError } from '../../../lib/errors.ts';
import { untyped } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const FIELDS = {
  oom_kill: 'Processes killed because memory ran out.',
  pgfault: 'Page faults.',
  pgmajfault: 'Page faults that had to wait for a disk.',
  pgpgin: 'KiB read from block devices.',
  pgpgout: 'KiB written to block devices.',
  pswpin: 'Pages read from swap.',
  pswpout: 'Pages written to swap.',
} as const;

const metrics = new Map(
  Object.entries(FIELDS).map(([field, help]) => [field, untyped(`node_vmstat_${field}`, help)]),
);

export const collector = {
  name: 'vmstat',
  help: 'Paging, swapping and kills for lack of memory.',
  metrics: [...metrics.values()],
  sections: ['vmstat'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('vmstat'));
    if (text === undefined) return;
    const values = parseVmstat(text);
    for (const [field, metric] of metrics) yield metric(values.get(field));
  },
} satisfies HostCollector;

/** Throws ParseError when no line is a name and a number. */
export function parseVmstat(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space === -1) continue;
    const [field, value] = [line.slice(0, space), kernelNumber(line.slice(space + 1))];
    if (value !== undefined && /^\w+$/.test(field) && !values.has(field)) values.set(field, value);
  }
  if (values.size === 0) throw new ParseError('/proc/vmstat', 'lines such as "pgpgin 7344136"', text);
  return values;
}
