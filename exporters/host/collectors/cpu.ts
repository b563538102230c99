/**
 * Source: cpuN lines of /proc/stat, https://man7.org/linux/man-pages/man5/proc_stat.5.html
 * Shape:  "cpu0 10132153 290696 3084719 46828483 16683 0 25195 175628 0 0"; kernels before 2.6.11 end
 *         at softirq, before 2.6.24 at steal, before 2.6.33 at guest
 * Units:  ticks of the kernel's ABI (1/100 s; 1/1024 s on alpha and ia64) -> seconds
 * Needs:  nothing   Cost: one file
 * Absent when: never on Linux; a mode the kernel does not have gives no series
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const seconds = counter('node_cpu_seconds_total', 'Time the CPU spent in each mode.', ['cpu', 'mode']);
const guestSeconds = counter('node_cpu_guest_seconds_total', 'Time the CPU spent running guests.', [
  'cpu',
  'mode',
]);

const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const GUEST_MODES = ['user', 'nice'] as const;

export const collector = {
  name: 'cpu',
  help: 'What the CPUs spend their time on.',
  metrics: [seconds, guestSeconds],
  sections: ['stat'],
  tier: 'fast',
  // A thousand CPUs in ten modes.
  seriesLimit: 20_000,
  *samples({ section, header }) {
    const text = contentOf(section('stat'));
    if (text === undefined) return;
    const hertz = ticksPerSecond(header.machine);
    for (const { cpu, ticks } of parseCpuLines(text)) {
      for (const [index, mode] of MODES.entries())
        yield seconds({ cpu, mode }, inSeconds(ticks[index], hertz));
      for (const [index, mode] of GUEST_MODES.entries()) {
        yield guestSeconds({ cpu, mode }, inSeconds(ticks[MODES.length + index], hertz));
      }
    }
  },
} satisfies HostCollector;

/** USER_HZ is part of the kernel's ABI and differs on two old architectures only. */
function ticksPerSecond(machine: string | undefined): number {
  return machine === 'alpha' || machine === 'ia64' ? 1024 : 100;
}

function inSeconds(ticks: number | undefined, hertz: number): number | undefined {
  return ticks === undefined ? undefined : ticks / hertz;
}

/** The lines of single CPUs. Throws ParseError when there is none or one is damaged. */
export function parseCpuLines(text: string): { cpu: string; ticks: number[] }[] {
  const found = [];
  for (const [line, cpu = '', numbers = ''] of text.matchAll(/^cpu(\d+) +(.*)$/gm)) {
    const ticks = numbers.trim().split(/ +/).map(kernelNumber);
    const known = ticks.filter((tick) => tick !== undefined);
    if (known.length !== ticks.length || known.length < 4) {
      throw new ParseError('/proc/stat', 'at least four numbers for a CPU', line);
    }
    found.push({ cpu, ticks: known });
  }
  if (found.length === 0) throw new ParseError('/proc/stat', 'lines cpu0, cpu1 ...', text);
  return found;
}
