import type { CpuIdentity } from '../../../catalog/cpu-generations.ts';

/** /proc/cpuinfo of x86, ARM, POWER, s390 and LoongArch (https://man7.org/linux/man-pages/man5/proc_cpuinfo.5.html). */
export interface CpuInfo {
  /** Logical CPUs, in the order of the file; fields in lower case. */
  readonly cpus: readonly LogicalCpu[];
  /** Fields that belong to no CPU: ARM and POWER tell the machine below the last one. */
  readonly machine: ReadonlyMap<string, string>;
}

export interface LogicalCpu {
  /** The number the kernel gives it. */
  readonly number: string;
  readonly fields: ReadonlyMap<string, string>;
}

export function parseCpuinfo(text: string): CpuInfo {
  const cpus: LogicalCpu[] = [];
  const machine = new Map<string, string>();
  let fields = new Map<string, string>();
  const endParagraph = () => {
    if (fields.size === 0) return;
    const number = fields.get('processor');
    if (number !== undefined && /^\d{1,6}$/.test(number)) cpus.push({ number, fields });
    else for (const [key, value] of fields) machine.set(key, value);
    fields = new Map();
  };
  for (const line of text.split('\n')) {
    // s390 has "processor 0: version = 00,  ..." instead of a paragraph.
    const [, s390, rest] = /^processor (\d{1,6}): (.*)$/.exec(line) ?? [];
    const colon = line.indexOf(':');
    if (s390 !== undefined) {
      cpus.push({ number: s390, fields: new Map([['s390', rest ?? '']]) });
    } else if (line.trim() === '') {
      endParagraph();
    } else if (colon > 0) {
      const key = line.slice(0, colon).trim();
      // "processor" counts on ARM what "Processor" names.
      const name = key === 'Processor' ? 'model name' : key.toLowerCase();
      if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
    }
  }
  endParagraph();
  return { cpus, machine };
}

/** The first CPU's word on a field, or what the machine says of all. */
export function cpuField({ cpus, machine }: CpuInfo, name: string): string | undefined {
  return cpus[0]?.fields.get(name) ?? machine.get(name);
}

/** The brand as its maker prints it, without runs of blanks; undefined where there is none (most ARM). */
export function cpuBrand(info: CpuInfo): string | undefined {
  const text = cpuField(info, 'model name') ?? cpuField(info, 'cpu model') ?? powerModel(info);
  const brand = text?.replace(/\s+/g, ' ').trim();
  return brand === '' ? undefined : brand;
}

/** "POWER9, altivec supported" -> "POWER9". */
function powerModel(info: CpuInfo): string | undefined {
  return /^POWER\d+\w*/i.exec(cpuField(info, 'cpu') ?? '')?.[0];
}

/** What the catalog of generations wants to know. */
export function cpuIdentity(info: CpuInfo): CpuIdentity {
  const brand = cpuBrand(info);
  const vendor = cpuField(info, 'vendor_id');
  const [family, model, stepping] = ['cpu family', 'model', 'stepping'].map((name) =>
    decimal(cpuField(info, name)),
  );
  const implementer = cpuField(info, 'cpu implementer');
  const part = cpuField(info, 'cpu part');
  return {
    ...(brand === undefined ? {} : { brand }),
    ...(vendor === undefined || family === undefined || model === undefined
      ? {}
      : { x86: { vendor, family, model, ...(stepping === undefined ? {} : { stepping }) } }),
    ...(implementer === undefined || part === undefined ? {} : { arm: { implementer, part } }),
  };
}

export interface CpuTopology {
  readonly threads: number;
  /** Undefined where /proc/cpuinfo does not tell packages: virtual machines, ARM, POWER. */
  readonly sockets: number | undefined;
  readonly cores: number | undefined;
}

/**
 * Core numbers have gaps and repeat inside a package of two dies, so cores are counted by what each
 * package says it has.
 */
export function cpuTopology({ cpus }: CpuInfo): CpuTopology {
  const coresOf = new Map<string, number | undefined>();
  for (const { fields } of cpus) {
    const socket = fields.get('physical id');
    if (socket !== undefined && !coresOf.has(socket)) coresOf.set(socket, decimal(fields.get('cpu cores')));
  }
  const counts = [...coresOf.values()];
  const known = counts.filter((count) => count !== undefined && count > 0);
  return {
    threads: cpus.length,
    sockets: coresOf.size === 0 ? undefined : coresOf.size,
    cores: known.length === 0 || known.length < counts.length ? undefined : sum(known),
  };
}

/** Flags each x86-64 level adds, by their names in /proc/cpuinfo (psABI; abm stands for lzcnt, xsave for osxsave). */
const X86_LEVELS = [
  ['lm', 'cmov', 'cx8', 'fpu', 'fxsr', 'mmx', 'syscall', 'sse', 'sse2'],
  ['cx16', 'lahf_lm', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'],
  ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'],
  ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
];

/** 0 for a 32-bit processor, 1 to 4 for x86-64-v1 to v4; undefined for other architectures. */
export function x86Level(info: CpuInfo): number | undefined {
  const text = cpuField(info, 'flags');
  if (text === undefined || cpuIdentity(info).x86 === undefined) return undefined;
  const flags = new Set(text.split(' '));
  const missing = X86_LEVELS.findIndex((needed) => needed.some((flag) => !flags.has(flag)));
  return missing === -1 ? X86_LEVELS.length : missing;
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
