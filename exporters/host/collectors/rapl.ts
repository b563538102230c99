/**
 * Source: /sys/class/powercap/intel-rapl:<N>[:<M>]/{name,energy_uj}, https://docs.kernel.org/power/powercap/powercap.html
 * Shape:  "package-0", "core"; "240422366267"
 * Units:  microjoules -> joules; the counter wraps
 * Needs:  root from Linux 5.10 on   Cost: two small files for each zone
 * Absent when: the CPU has no such counters (before Sandy Bridge), the machine is virtual, or we may not read them
 */
import { counter, type Metric } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const zone = (name: string): [string, Metric<'index' | 'path'>] => [
  name,
  counter(`node_rapl_${name}_joules_total`, `Energy used by RAPL zone ${name}, in joules.`, [
    'index',
    'path',
  ]),
];
/** Names the kernel gives its zones. */
const ZONES = new Map(['package', 'core', 'uncore', 'dram', 'psys'].map(zone));

const FILE = /^(?<path>\/sys\/class\/powercap\/intel-rapl:\d+(?::\d+)?)\/(?<file>name|energy_uj)$/;

export const collector = {
  name: 'rapl',
  help: 'Energy that CPU packages and memory use.',
  metrics: [...ZONES.values()],
  sections: ['powercap'],
  tier: 'fast',
  *samples({ section }) {
    const names = new Map<string, string>();
    const energies: { path: string; microjoules: number }[] = [];
    for (const { groups, line } of filesOf(section('powercap'), FILE)) {
      const { path = '', file } = groups;
      const microjoules = kernelNumber(line);
      if (file === 'name' && line !== undefined) names.set(path, line.trim());
      else if (file === 'energy_uj' && microjoules !== undefined) energies.push({ path, microjoules });
    }
    const counted = new Map<string, number>();
    for (const { path, microjoules } of energies) {
      // "package-1" tells its index; parts of a package are numbered in their order.
      const [, name = '', own] = /^(\w+?)(?:-(\d+))?$/.exec(names.get(path) ?? '') ?? [];
      const index = own ?? (counted.get(name) ?? 0).toString();
      counted.set(name, (counted.get(name) ?? 0) + 1);
      const metric = ZONES.get(name);
      if (metric !== undefined) yield metric({ index, path }, microjoules / 1e6);
    }
  },
} satisfies HostCollector;
