/**
 * Source: /proc/pressure/{cpu,io,memory,irq}, https://docs.kernel.org/accounting/psi.html
 * Shape:  "some avg10=0.00 avg60=0.00 avg300=0.00 total=14036781", "full ..."
 * Units:  microseconds -> seconds
 * Needs:  nothing   Cost: four small files
 * Absent when: before Linux 4.20, or switched off (psi=0); irq before 6.1
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const of = (resource: string, line: 'some' | 'full', what: string, help: string) => ({
  section: `pressure-${resource}`,
  line,
  metric: counter(`node_pressure_${resource}_${what}_seconds_total`, help),
});

const PRESSURES = [
  of('cpu', 'some', 'waiting', 'Time in which some task waited for a CPU.'),
  of('io', 'some', 'waiting', 'Time in which some task waited for I/O.'),
  of('io', 'full', 'stalled', 'Time in which every task waited for I/O.'),
  of('memory', 'some', 'waiting', 'Time in which some task waited for memory.'),
  of('memory', 'full', 'stalled', 'Time in which every task waited for memory.'),
  of('irq', 'full', 'stalled', 'Time in which interrupts kept every task from running.'),
];

export const collector = {
  name: 'pressure',
  help: 'How long tasks wait for CPU, memory and I/O.',
  metrics: PRESSURES.map(({ metric }) => metric),
  sections: ['pressure-cpu', 'pressure-io', 'pressure-memory', 'pressure-irq'],
  tier: 'fast',
  *samples({ section }) {
    for (const { section: name, line, metric } of PRESSURES) {
      const found = section(name);
      // Switched off at boot, the files are there and cannot be read.
      const text = found.status === 'failed' ? undefined : contentOf(found);
      if (text !== undefined) yield metric(parsePressure(name, text, line));
    }
  },
} satisfies HostCollector;

/** Seconds of one line; undefined when the kernel does not have it (no "full" of the CPUs before 5.13). */
function parsePressure(name: string, text: string, line: string): number | undefined {
  if (!/^(?:some|full) avg10=/m.test(text)) {
    throw new ParseError(
      name.replace('pressure-', '/proc/pressure/'),
      'lines such as "some avg10=0.00 ..."',
      text,
    );
  }
  const micros = new RegExp(`^${line} .* total=(?<total>\\d+)$`, 'm').exec(text)?.groups?.['total'];
  const value = kernelNumber(micros);
  return value === undefined ? undefined : value / 1e6;
}
