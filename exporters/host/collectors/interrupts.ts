/**
 * Source: /proc/interrupts, https://man7.org/linux/man-pages/man5/proc_interrupts.5.html
 * Shape:  a heading of CPUs, then "43:  7434032  8092205  IR-PCI-MSI-edge  ahci" or "NMI: 47 5031  Non-maskable interrupts"
 * Units:  interrupts, exported as they are
 * Needs:  nothing   Cost: one file that grows with CPUs times interrupts; off by default, as in node_exporter
 * Absent when: lines of all CPUs together (ERR, MIS)
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const interrupts = counter('node_interrupts_total', 'Interrupts served by each CPU.', [
  'cpu',
  'type',
  'info',
  'devices',
]);

export const collector = {
  name: 'interrupts',
  help: 'Interrupts by CPU and device, machine checks and thermal events among them.',
  metrics: [interrupts],
  enabledByDefault: false,
  sections: ['interrupts'],
  tier: 'detail',
  seriesLimit: 50_000,
  *samples({ section }) {
    const text = contentOf(section('interrupts'));
    if (text === undefined) return;
    const { cpus, rows } = parsePerCpu('/proc/interrupts', text);
    for (const { type, counts, rest } of rows) {
      // Numbered ones name their controller first.
      const words = /^\d+$/.test(type) ? 1 : rest.length;
      const labels = { type, info: rest.slice(0, words).join(' '), devices: rest.slice(words).join(' ') };
      for (const [index, cpu] of cpus.entries()) yield interrupts({ cpu, ...labels }, counts[index]);
    }
  },
} satisfies HostCollector;

/** A table with a column for each CPU. Throws ParseError without its heading; shorter lines are passed over. */
export function parsePerCpu(
  file: string,
  text: string,
): { cpus: string[]; rows: { type: string; counts: (number | undefined)[]; rest: string[] }[] } {
  const [heading = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  if (!/^\s*(?:CPU\d+\s*)+$/.test(heading))
    throw new ParseError(file, 'the heading "CPU0 CPU1 ..."', heading);
  const cpus = [...heading.matchAll(/CPU(\d+)/g)].map(([, cpu = '']) => cpu);
  const rows = lines.flatMap((line) => {
    const [, type = '', columns = ''] = /^\s*([\w-]+):\s+(.*)$/.exec(line) ?? [];
    const words = columns.trimEnd().split(/\s+/);
    const counts = words.slice(0, cpus.length).map(kernelNumber);
    if (type === '' || counts.length < cpus.length || counts.includes(undefined)) return [];
    return [{ type, counts, rest: words.slice(cpus.length) }];
  });
  return { cpus, rows };
}
