/**
 * Source: /proc/stat, https://man7.org/linux/man-pages/man5/proc_stat.5.html
 * Shape:  "ctxt 38014093", "btime 1418183276", "processes 26442", "procs_running 2", "procs_blocked 0",
 *         "intr 8885917 17 0 0 ..."
 * Units:  counts and seconds since the epoch, exported as they are
 * Needs:  nothing   Cost: one file, read for the CPUs anyway
 * Absent when: a line the kernel does not have gives no series
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter, gauge, type Metric } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const FIELDS: Readonly<Record<string, Metric>> = {
  intr: counter('node_intr_total', 'Interrupts served.'),
  ctxt: counter('node_context_switches_total', 'Context switches of all CPUs.'),
  btime: gauge('node_boot_time_seconds', 'Time of the last boot, in seconds since the epoch.'),
  processes: counter('node_forks_total', 'Processes and threads created.'),
  procs_running: gauge('node_procs_running', 'Tasks that run or wait for a CPU.'),
  procs_blocked: gauge('node_procs_blocked', 'Tasks that wait for I/O.'),
};

export const collector = {
  name: 'stat',
  help: 'When the host booted, and how many interrupts, context switches and forks it has seen.',
  metrics: Object.values(FIELDS),
  sections: ['stat'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('stat'));
    if (text === undefined) return;
    const values = parseStat(text);
    for (const [field, metric] of Object.entries(FIELDS)) yield metric(values.get(field));
  },
} satisfies HostCollector;

/** First number of each line that is not a CPU's. Throws ParseError when there is none. */
export function parseStat(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [, field = '', first] of text.matchAll(/^([a-z_]+) +(\d+)(?= |$)/gm)) {
    const value = kernelNumber(first);
    if (field !== 'cpu' && value !== undefined && !values.has(field)) values.set(field, value);
  }
  if (values.size === 0) throw new ParseError('/proc/stat', 'lines such as "ctxt 38014093"', text);
  return values;
}
