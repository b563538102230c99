import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './cpufreq.ts';

const file = (name: string, value: string) => `/sys/devices/system/cpu/cpu3/cpufreq/${name}\t${value}\n`;

it('exports frequencies in hertz and the governor', () => {
  const cpufreq =
    file('cpuinfo_max_freq', '3700000') +
    file('scaling_cur_freq', '1699981') +
    file('scaling_governor', 'powersave') +
    file('scaling_available_governors', 'performance powersave ');

  expect(collect(collector, { cpufreq })).toEqual([
    'node_cpu_frequency_max_hertz{cpu="3"} 3700000000',
    'node_cpu_scaling_frequency_hertz{cpu="3"} 1699981000',
    'node_cpu_scaling_governor{cpu="3",governor="performance"} 0',
    'node_cpu_scaling_governor{cpu="3",governor="powersave"} 1',
  ]);
});

it('knows a governor even where none are offered, and no frequency from "<unknown>"', () => {
  const cpufreq = file('scaling_governor', 'userspace') + file('scaling_cur_freq', '<unknown>');

  expect(collect(collector, { cpufreq })).toEqual([
    'node_cpu_scaling_governor{cpu="3",governor="userspace"} 1',
  ]);
});
