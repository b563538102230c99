/**
 * Source: /sys/devices/system/cpu/cpuN/thermal_throttle, https://docs.kernel.org/admin-guide/abi-testing.html
 *         (sysfs-devices-system-cpu); cpuN/topology tells which threads share a core
 * Shape:  one number per file: core_throttle_count, package_throttle_count
 * Units:  times since the boot, exported as they are
 * Needs:  nothing   Cost: four small files per thread
 * Absent when: the processor is not of Intel, or virtual
 */
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber, treeOf } from '../host-collector.ts';

const core = counter('node_cpu_core_throttles_total', 'Times a core was slowed down for its heat.', [
  'core',
  'package',
]);
const socket = counter(
  'node_cpu_package_throttles_total',
  'Times a processor was slowed down for its heat.',
  ['package'],
);

export const collector = {
  name: 'cpu_throttling',
  help: 'How often processors were slowed down because they were too hot.',
  metrics: [core, socket],
  sections: ['throttling'],
  tier: 'fast',
  *samples({ section }) {
    const tree = treeOf(contentOf(section('throttling')) ?? '');
    const seen = new Set<string>();
    for (const path of tree.keys()) {
      const folder = /^(?<folder>\/sys\/devices\/system\/cpu\/cpu\d+)\//.exec(path)?.groups?.['folder'];
      if (folder === undefined) continue;
      const of = (file: string) => kernelNumber(tree.get(`${folder}/${file}`)?.[0]);
      const [coreId, packageId] = [of('topology/core_id'), of('topology/physical_package_id')];
      // Threads of one core, and cores of one package, count the same events.
      if (packageId === undefined) continue;
      const labels = { core: String(coreId), package: String(packageId) };
      if (coreId !== undefined && isFirst(seen, `${packageId}:${coreId}`))
        yield core(labels, of('thermal_throttle/core_throttle_count'));
      if (isFirst(seen, labels.package))
        yield socket({ package: labels.package }, of('thermal_throttle/package_throttle_count'));
    }
  },
} satisfies HostCollector;

function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
