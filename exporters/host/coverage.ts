import { gauge, type Sample } from '../../lib/metric.ts';
import type { Readings } from './report-samples.ts';

/** How much of what such a machine can tell was told: no finding means little where this is low. */
export interface Coverage {
  readonly ratio: number;
  /** Each signal that can be expected, as the share of it that was obtained. */
  readonly shares: ReadonlyMap<string, number>;
}

const total = gauge(
  'pgfleet_host_coverage_ratio',
  'Share of the signals a machine of its kind can give that were obtained; judge no host where it is low.',
);
const partial = gauge(
  'pgfleet_host_signal_coverage_ratio',
  'Share of one signal that was obtained, 0 where it is missing.',
  ['signal'],
);

/** Of no single collector, for they are computed from what all tiers gave. */
export const COVERAGE_METRICS = [total, partial] as const;

/** What can be asked of real hardware; of a virtual machine, only its system. */
const SIGNALS: readonly (readonly [signal: string, share: (readings: Readings) => number])[] = [
  ['model', has('pgfleet_host_hardware_info')],
  ['processor_generation', has('pgfleet_host_cpu_launch_timestamp_seconds')],
  ['memory_modules', has('pgfleet_dimm_info')],
  ['memory_errors', ({ value }) => value('pgfleet_host_edac_driver_loaded') ?? 0],
  ['disks', mean('pgfleet_disk_coverage_ratio')],
  ['raid', mean('pgfleet_raid_coverage_ratio')],
  ['management_controller', has('ipmi_up', (value) => value > 0)],
  ['system_support', has('pgfleet_host_os_support_end_timestamp_seconds')],
  ['age', has('pgfleet_host_built_timestamp_seconds')],
];
const OF_THE_SYSTEM = new Set(['system_support']);

/** A virtual machine has no hardware of its own to tell of. */
export function isVirtual(readings: Readings): boolean {
  const kind = readings.label('pgfleet_host_virtual_info', 'kind') ?? 'unknown';
  return kind !== 'none' && kind !== 'unknown';
}

/** Pure: from the samples of all tiers together. */
export function coverageOf(readings: Readings): Coverage {
  const virtual = isVirtual(readings);
  const expected = SIGNALS.filter(([signal]) => !virtual || OF_THE_SYSTEM.has(signal));
  const shares = new Map(expected.map(([signal, share]) => [signal, share(readings)]));
  const sum = [...shares.values()].reduce((before, share) => before + share, 0);
  return { ratio: sum / shares.size, shares };
}

export function* coverageSamples(readings: Readings): Generator<Sample> {
  const { ratio, shares } = coverageOf(readings);
  yield total(ratio);
  for (const [signal, share] of shares) yield partial({ signal }, share);
}

function has(family: string, holds: (value: number) => boolean = () => true) {
  return ({ all }: Readings) => Number(all(family).some(({ value }) => holds(value)));
}

/** Of ratios that a collector gives; nothing was obtained where it gave none. */
function mean(family: string) {
  return ({ all }: Readings) => {
    const ratios = all(family).map(({ value }) => value);
    return ratios.length === 0 ? 0 : ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
  };
}
