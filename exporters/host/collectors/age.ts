/**
 * Source: generation of processor, model and memory (catalog, dmidecode); dates of installation: modification
 *         times of files that an installation writes once, install times of base packages (rpm)
 * Shape:  "1313000000 /etc/ssh/ssh_host_rsa_key.pub", "basesystem 1313000000"
 * Units:  seconds since the epoch
 * Needs:  nothing; dmidecode for models and memory adds evidence   Cost: two processes
 * Absent when: of virtual machines, and as far as nothing is known. The BIOS date is no evidence: firmware is
 *         updated, up to ten years after the machine was built
 */
import { serverModel } from '../../../catalog/server-models.ts';
import { gauge } from '../../../lib/metric.ts';
import { inventoryOf } from '../formats/dmi-inventory.ts';
import type { HostCollector, HostInput } from '../host-collector.ts';
import { hostCpuGeneration, startOfYear } from './cpu-generation.ts';
import { dmiFiles, machineOf } from './dmi.ts';
import { isVirtual } from './virtual.ts';

const evidence = gauge(
  'pgfleet_host_age_evidence_timestamp_seconds',
  'A date that bounds when the machine was built: not before it, or not after it.',
  ['bound', 'evidence'],
);
const built = gauge(
  'pgfleet_host_built_timestamp_seconds',
  'Interval in which the machine was built, with the evidence that decides each end.',
  ['bound', 'evidence'],
);

export const collector = {
  name: 'age',
  help: 'Between which dates the machine was built, and how that is known.',
  metrics: [evidence, built],
  sections: ['cpuinfo', 'dmi-id', 'dmidecode', 'install-dates', 'rpm-dates'],
  tier: 'inventory',
  *samples(input) {
    if (isVirtual(input)) return;
    const notBefore = earliestDates(input);
    const notAfter = latestDates(input);
    for (const { name, at } of notBefore) yield evidence({ bound: 'not_before', evidence: name }, at);
    for (const { name, at } of notAfter) yield evidence({ bound: 'not_after', evidence: name }, at);
    const from = extreme(notBefore, (a, b) => a > b);
    if (from !== undefined) yield built({ bound: 'not_before', evidence: from.name }, from.at);
    // A system moved from older hardware carries older dates: they say nothing of this machine.
    const possible = notAfter.filter(({ at }) => from === undefined || at >= from.at);
    const to = extreme(possible, (a, b) => a < b);
    if (to !== undefined) yield built({ bound: 'not_after', evidence: to.name }, to.at);
  },
} satisfies HostCollector;

interface Dated {
  readonly name: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** First years of kinds of memory in servers. */
const MEMORY_SINCE: readonly (readonly [RegExp, number])[] = [
  [/^DDR5/, 2022],
  [/^DDR4/, 2014],
  [/^DDR3/, 2009],
  [/^DDR2 FB/, 2006],
  [/^DDR2/, 2004],
  [/^DDR/, 2001],
];

/** The parts did not exist before. */
function earliestDates(input: HostInput): Dated[] {
  const files = dmiFiles(input);
  const model = files.size === 0 ? undefined : serverModel(input.catalog.serverModels, machineOf(files));
  const { memory } = inventoryOf(input.section('dmidecode'));
  const kinds = memory.slots.flatMap(({ sizeBytes, type }) => (sizeBytes === undefined ? [] : (type ?? [])));
  const years = kinds.flatMap((kind) => MEMORY_SINCE.find(([pattern]) => pattern.test(kind))?.[1] ?? []);
  return [
    ...dated('cpu', startOfYear(hostCpuGeneration(input)?.launchYear)),
    ...dated('model', startOfYear(model?.launchYear)),
    ...dated('memory', startOfYear(years.length === 0 ? undefined : Math.max(...years))),
  ];
}

/** The machine ran by then: something was installed on it. */
function latestDates({ section, now, header }: HostInput): Dated[] {
  const present = header.time ?? now;
  const plausible = ({ at }: Dated) => at > FIRST_LINUX && at <= present;
  const files = [...section('install-dates').output.matchAll(/^(\d{1,11}) (\/\S+)$/gm)];
  const packages = [...section('rpm-dates').output.matchAll(/^[\w.+-]+ (\d{1,11})$/gm)];
  const oldest = (name: string, dates: readonly (string | undefined)[]) => {
    const found = dates.map((at) => ({ name, at: Number(at) })).filter(plausible);
    return extreme(found, (a, b) => a < b);
  };
  const first = [
    oldest(
      'installed_files',
      files.map(([, at]) => at),
    ),
    oldest(
      'installed_packages',
      packages.map(([, at]) => at),
    ),
  ];
  return first.flatMap((found) => found ?? []);
}

/** A clock that was reset to 1970 or 2000 at the installation dates nothing. */
const FIRST_LINUX = Date.UTC(2000, 1, 1) / 1000;

function dated(name: string, at: number | undefined): Dated[] {
  return at === undefined ? [] : [{ name, at }];
}

function extreme(dates: readonly Dated[], isBetter: (a: number, b: number) => boolean): Dated | undefined {
  return dates.reduce<Dated | undefined>(
    (best, next) => (best === undefined || isBetter(next.at, best.at) ? next : best),
    undefined,
  );
}
