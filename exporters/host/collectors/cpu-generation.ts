/**
 * Source: /proc/cpuinfo; processor records of dmidecode (type 4) where it has no brand, as on ARM; the catalog
 * Shape:  "model name : Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz", "flags : fpu vme ... sse4_2"
 * Units:  counts; the year of launch as its first second, in seconds since the epoch
 * Needs:  nothing   Cost: one file, dmidecode's output
 * Absent when: generation and launch, of processors the catalog does not know and of virtual ones; sockets and
 *         cores, where the kernel does not tell them; levels, on other architectures than x86
 */
import { type CpuGeneration, cpuGeneration } from '../../../catalog/cpu-generations.ts';
import { gauge } from '../../../lib/metric.ts';
import {
  type CpuInfo,
  cpuBrand,
  cpuField,
  cpuIdentity,
  cpuTopology,
  parseCpuinfo,
  x86Level,
} from '../formats/cpuinfo.ts';
import { inventoryOf } from '../formats/dmi-inventory.ts';
import { contentOf, type HostCollector, type HostInput } from '../host-collector.ts';

const info = gauge('pgfleet_host_cpu_info', 'Processor of the host and its generation, always 1.', [
  'vendor',
  'model',
  'microarchitecture',
  'codename',
  'signature',
]);
const count = gauge('pgfleet_host_cpus', 'Sockets, cores and threads of the host.', ['kind']);
const launch = gauge(
  'pgfleet_host_cpu_launch_timestamp_seconds',
  'Beginning of the year in which the processor came to market, in seconds since the epoch.',
);
const level = gauge(
  'pgfleet_host_cpu_x86_64_level',
  'Highest x86-64 level of the processor: 1 to 4, or 0 when it runs 32-bit code only.',
);
const highestOs = gauge(
  'pgfleet_host_cpu_highest_os_info',
  'Newest release of Red Hat Enterprise Linux and its relatives that runs on the processor, always 1.',
  ['os', 'version'],
);
const revisions = gauge(
  'pgfleet_host_microcode_revisions',
  'Different microcode revisions of the CPUs of the host; more than one is a fault.',
);

/** Newest major release per x86-64 level: 8 wants v1, 9 wants v2, 10 wants v3. */
const HIGHEST_RHEL = ['6', '8', '9', '10', '10'];

export const collector = {
  name: 'cpu_generation',
  help: 'How many processors of which generation the host has, and what they can still run.',
  metrics: [info, count, launch, level, highestOs, revisions],
  sections: ['cpuinfo'],
  tier: 'inventory',
  *samples(input) {
    const text = contentOf(input.section('cpuinfo'));
    if (text === undefined) return;
    const cpu = parseCpuinfo(text);
    const generation = hostCpuGeneration(input);
    yield info(
      {
        vendor: generation?.vendor ?? cpuField(cpu, 'vendor_id') ?? '',
        model: modelOf(cpu, input) ?? '',
        microarchitecture: generation?.microarchitecture ?? '',
        codename: generation?.codename ?? '',
        signature: signatureOf(cpu),
      },
      1,
    );
    const { sockets, cores, threads } = cpuTopology(cpu);
    yield count({ kind: 'socket' }, sockets);
    yield count({ kind: 'core' }, cores);
    yield count({ kind: 'thread' }, threads === 0 ? undefined : threads);
    yield launch(startOfYear(generation?.launchYear));
    const x86 = x86Level(cpu);
    yield level(x86);
    const version = x86 === undefined ? undefined : HIGHEST_RHEL[x86];
    if (version !== undefined) yield highestOs({ os: 'rhel', version }, 1);
    const microcodes = new Set(cpu.cpus.flatMap(({ fields }) => fields.get('microcode') ?? []));
    yield revisions(microcodes.size === 0 ? undefined : microcodes.size);
  },
} satisfies HostCollector;

/** The generation by brand and numbers; by the firmware's word where the kernel has no brand. */
export function hostCpuGeneration(input: Pick<HostInput, 'section' | 'catalog'>): CpuGeneration | undefined {
  const cpu = parseCpuinfo(contentOf(input.section('cpuinfo')) ?? '');
  const identity = cpuIdentity(cpu);
  const brand = identity.brand ?? firmwareModel(input);
  return cpuGeneration(input.catalog.cpuGenerations, {
    ...identity,
    ...(brand === undefined ? {} : { brand }),
  });
}

function modelOf(cpu: CpuInfo, input: HostInput): string | undefined {
  return cpuBrand(cpu) ?? firmwareModel(input);
}

function firmwareModel({ section }: Pick<HostInput, 'section'>): string | undefined {
  // What dmidecode prints is used however it ended: the CPUs come early in the table.
  const { processors } = inventoryOf(section('dmidecode'));
  return processors.find(({ populated, model }) => populated && model !== undefined)?.model;
}

/** "6:45:7" for x86, "0x48:0xd01" for ARM: what errata and microcode lists go by. */
function signatureOf(cpu: CpuInfo): string {
  const { x86, arm } = cpuIdentity(cpu);
  if (x86 !== undefined) return [x86.family, x86.model, x86.stepping ?? ''].join(':');
  return arm === undefined ? '' : `${arm.implementer}:${arm.part}`;
}

/** The first second of a year, UTC. */
export function startOfYear(year: number | undefined): number | undefined {
  return year === undefined ? undefined : Date.UTC(year, 0, 1) / 1000;
}
