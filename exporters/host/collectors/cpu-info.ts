/**
 * Source: /proc/cpuinfo, https://man7.org/linux/man-pages/man5/proc_cpuinfo.5.html
 * Shape:  "processor : 0", "vendor_id : GenuineIntel", "model name : Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz" ...
 * Units:  labels of series that are always 1
 * Needs:  nothing   Cost: one file
 * Absent when: the file names no CPU
 */
import { gauge } from '../../../lib/metric.ts';
import { parseCpuinfo } from '../formats/cpuinfo.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const LABELS = {
  package: 'physical id',
  core: 'core id',
  vendor: 'vendor_id',
  family: 'cpu family',
  model: 'model',
  model_name: 'model name',
  microcode: 'microcode',
  stepping: 'stepping',
  cachesize: 'cache size',
} as const;

const info = gauge('node_cpu_info', 'What each CPU says it is, always 1.', [
  'package',
  'core',
  'cpu',
  'vendor',
  'family',
  'model',
  'model_name',
  'microcode',
  'stepping',
  'cachesize',
]);

export const collector = {
  name: 'cpu_info',
  help: 'Model, stepping and microcode of every CPU.',
  metrics: [info],
  sections: ['cpuinfo'],
  tier: 'inventory',
  *samples({ section }) {
    const text = contentOf(section('cpuinfo'));
    if (text === undefined) return;
    for (const { number, fields } of parseCpuinfo(text).cpus) {
      const labels = Object.entries(LABELS).map(
        ([label, field]) => [label, fields.get(field) ?? ''] as const,
      );
      yield info({ cpu: number, ...(Object.fromEntries(labels) as Record<keyof typeof LABELS, string>) }, 1);
    }
  },
} satisfies HostCollector;
