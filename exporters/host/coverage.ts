import { gauge, type Sample } from '../../lib/metric.ts';
import { type Readings, readingsOf } from './report-samples.ts';

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

interface Signal {
  readonly signal: string;
  /** The family that tells of it. */
  readonly family: string;
  readonly share: (values: readonly number[]) => number;
}

/** What can be asked of real hardware; of a virtual machine, only its system. */
const SIGNALS: readonly Signal[] = [
  { signal: 'model', family: 'pgfleet_host_hardware_info', share: exists },
  { signal: 'processor_generation', family: 'pgfleet_host_cpu_launch_timestamp_seconds', share: exists },
  { signal: 'memory_modules', family: 'pgfleet_dimm_info', share: exists },
  { signal: 'memory_errors', family: 'pgfleet_host_edac_driver_loaded', share: ([loaded]) => loaded ?? 0 },
  { signal: 'disks', family: 'pgfleet_disk_coverage_ratio', share: mean },
  { signal: 'raid', family: 'pgfleet_raid_coverage_ratio', share: mean },
  {
    signal: 'management_controller',
    family: 'ipmi_up',
    share: (up) => Number(up.some((value) => value > 0)),
  },
  { signal: 'system_support', family: 'pgfleet_host_os_support_end_timestamp_seconds', share: exists },
  { signal: 'age', family: 'pgfleet_host_built_timestamp_seconds', share: exists },
];
const VIRTUAL = 'pgfleet_host_virtual_info';
const READ = new Set([VIRTUAL, ...SIGNALS.map(({ family }) => family)]);
const OF_THE_SYSTEM = new Set(['system_support']);

/** A virtual machine has no hardware of its own to tell of. */
export function isVirtual(readings: Readings): boolean {
  const kind = readings.label(VIRTUAL, 'kind') ?? 'unknown';
  return kind !== 'none' && kind !== 'unknown';
}

/** Pure: from the samples of all tiers together. */
export function coverageOf(readings: Readings): Coverage {
  const virtual = isVirtual(readings);
  const expected = SIGNALS.filter(({ signal }) => !virtual || OF_THE_SYSTEM.has(signal));
  const valuesOf = (family: string) => readings.all(family).map(({ value }) => value);
  const shares = new Map(expected.map(({ signal, family, share }) => [signal, share(valuesOf(family))]));
  const sum = [...shares.values()].reduce((before, share) => before + share, 0);
  return { ratio: sum / shares.size, shares };
}

/** To be added to the samples of all tiers together. */
export function* coverageSamples(samples: readonly Sample[]): Generator<Sample> {
  const { ratio, shares } = coverageOf(readingsOf(samples.filter(({ family }) => READ.has(family.name))));
  yield total(ratio);
  for (const [signal, share] of shares) yield partial({ signal }, share);
}

function exists(values: readonly number[]): number {
  return values.length > 0 ? 1 : 0;
}

/** Of ratios that a collector gives; nothing was obtained where it gave none. */
function mean(ratios: readonly number[]): number {
  return ratios.length === 0 ? 0 : ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
}
