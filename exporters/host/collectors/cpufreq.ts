/**
 * Source: /sys/devices/system/cpu/cpu<N>/cpufreq/*, https://docs.kernel.org/admin-guide/pm/cpufreq.html
 * Shape:  "1699981"; governor "powersave" of "performance powersave"
 * Units:  kHz -> hertz
 * Needs:  nothing   Cost: seven small files for each CPU
 * Absent when: no driver scales the frequency (most virtual machines). The measured frequency
 *         (cpuinfo_cur_freq) is for root only and slow to read: left out
 */
import { gauge, type Metric } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const frequency = (name: string, help: string) => gauge(`node_cpu_${name}_hertz`, help, ['cpu']);

const FREQUENCIES: Readonly<Record<string, Metric<'cpu'>>> = {
  cpuinfo_min_freq: frequency('frequency_min', 'Lowest frequency the CPU can run at.'),
  cpuinfo_max_freq: frequency('frequency_max', 'Highest frequency the CPU can run at.'),
  scaling_cur_freq: frequency('scaling_frequency', 'Frequency the CPU runs at now.'),
  scaling_min_freq: frequency('scaling_frequency_min', 'Lowest frequency that is allowed.'),
  scaling_max_freq: frequency('scaling_frequency_max', 'Highest frequency that is allowed.'),
};
const governor = gauge('node_cpu_scaling_governor', 'Whether the governor decides on the frequency.', [
  'cpu',
  'governor',
]);

const FILE = /^\/sys\/devices\/system\/cpu\/cpu(?<cpu>\d+)\/cpufreq\/(?<file>\w+)$/;
const PER_KILOHERTZ = 1000;

export const collector = {
  name: 'cpufreq',
  help: 'How fast the CPUs run and may run, and who decides: a database wants "performance".',
  metrics: [...Object.values(FREQUENCIES), governor],
  sections: ['cpufreq'],
  tier: 'fast',
  *samples({ section }) {
    const current = new Map<string, string>();
    const offered = new Map<string, string>();
    for (const { groups, line } of filesOf(section('cpufreq'), FILE)) {
      const { cpu = '', file = '' } = groups;
      const metric = FREQUENCIES[file];
      const kilohertz = kernelNumber(line);
      if (metric !== undefined && kilohertz !== undefined) yield metric({ cpu }, kilohertz * PER_KILOHERTZ);
      if (file === 'scaling_governor' && line !== undefined) current.set(cpu, line.trim());
      if (file === 'scaling_available_governors') offered.set(cpu, line ?? '');
    }
    for (const [cpu, chosen] of current) {
      const names = (offered.get(cpu) ?? '').split(' ').filter((name) => name !== '');
      for (const name of new Set([...names, chosen]))
        yield governor({ cpu, governor: name }, Number(name === chosen));
    }
  },
} satisfies HostCollector;
