import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notice } from '../../../test/support/notice.ts';
import { cpuBrand, cpuIdentity, cpuTopology, parseCpuinfo, x86Level } from './cpuinfo.ts';

const V2 = 'fpu cx8 cmov mmx fxsr sse sse2 syscall lm cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3';
const x86 = (number: number, socket: number, cores: number, flags = V2) =>
  `processor\t: ${number}
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 45
model name\t: Intel(R) Xeon(R) CPU           E5-2660 0 @ 2.20GHz
stepping\t: 7
physical id\t: ${socket}
cpu cores\t: ${cores}
flags\t\t: ${flags}
`;
const ARM64 = `processor\t: 0
BogoMIPS\t: 200.00
Features\t: fp asimd
CPU implementer\t: 0x48
CPU architecture: 8
CPU variant\t: 0x1
CPU part\t: 0xd01
CPU revision\t: 0

processor\t: 1
CPU implementer\t: 0x48
CPU part\t: 0xd01
`;
const POWER = `processor\t: 0
cpu\t\t: POWER9, altivec supported
revision\t: 2.1 (pvr 004e 1201)

timebase\t: 512000000
platform\t: PowerNV
`;
const S390 = `vendor_id       : IBM/S390
# processors    : 2
processor 0: version = 00,  identification = 123456,  machine = 2964
processor 1: version = 00,  identification = 123456,  machine = 2964
`;

describe('cpuinfo', () => {
  it('reads an x86 machine', () => {
    const info = parseCpuinfo([x86(0, 0, 2), x86(1, 0, 2), x86(2, 1, 2), x86(3, 1, 2)].join('\n'));

    expect(cpuTopology(info)).toEqual({ threads: 4, sockets: 2, cores: 4 });
    expect(cpuBrand(info)).toBe('Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz');
    expect(cpuIdentity(info).x86).toEqual({ vendor: 'GenuineIntel', family: 6, model: 45, stepping: 7 });
    expect(x86Level(info)).toBe(2);
  });

  it('reads an ARM server, which has no brand', () => {
    const info = parseCpuinfo(ARM64);

    expect(cpuBrand(info)).toBeUndefined();
    expect(cpuIdentity(info)).toEqual({ arm: { implementer: '0x48', part: '0xd01' } });
    expect(cpuTopology(info)).toEqual({ threads: 2, sockets: undefined, cores: undefined });
    expect(x86Level(info)).toBeUndefined();
  });

  it('reads POWER and s390', () => {
    expect(cpuBrand(parseCpuinfo(POWER))).toBe('POWER9');
    expect(cpuTopology(parseCpuinfo(POWER)).threads).toBe(1);
    expect(parseCpuinfo(POWER).machine.get('platform')).toBe('PowerNV');
    expect(parseCpuinfo(S390).cpus.map(({ number }) => number)).toEqual(['0', '1']);
    expect(parseCpuinfo(S390).machine.get('vendor_id')).toBe('IBM/S390');
  });

  it('reads a 32-bit ARM machine, whose brand comes first and applies to all', () => {
    const info = parseCpuinfo(
      'Processor\t: ARMv7 Processor rev 1 (v7l)\nprocessor\t: 0\n\nprocessor\t: 1\n\nCPU implementer\t: 0x41\nCPU part\t: 0xc09\n',
    );

    expect(cpuBrand(info)).toBe('ARMv7 Processor rev 1 (v7l)');
    expect(cpuTopology(info).threads).toBe(2);
    expect(cpuIdentity(info).arm).toEqual({ implementer: '0x41', part: '0xc09' });
  });

  it('knows no cores where a package does not tell its own', () => {
    const info = parseCpuinfo([x86(0, 0, 2), x86(1, 1, 0)].join('\n'));

    expect(cpuTopology(info)).toEqual({ threads: 2, sockets: 2, cores: undefined });
  });

  it.each([
    ['fpu vme', 0],
    ['fpu cx8 cmov mmx fxsr sse sse2 syscall lm', 1],
    [V2, 2],
    [`${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave`, 3],
    [`${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave avx512f avx512bw avx512cd avx512dq avx512vl`, 4],
    [`${V2} avx`, 2],
  ])('finds the level of "%s"', (flags, level) => {
    expect(x86Level(parseCpuinfo(x86(0, 0, 1, flags)))).toBe(level);
  });

  it('reads any text', () => {
    const piece = fc.constantFrom(
      'processor\t: 1\n',
      '\n\n',
      'flags : ',
      'processor 0: x\n',
      'physical id\t: 0\n',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
        const info = parseCpuinfo(pieces.join(''));
        expect(cpuTopology(info).threads).toBe(info.cpus.length);
        cpuIdentity(info);
        x86Level(info);
      }),
    );
  });
});

const CORPUS = resolve('../shared/fixtures/proc-sys');
const machines = existsSync(CORPUS) ? readdirSync(CORPUS) : [];
if (machines.length === 0) notice('cpuinfo corpus', 'it is not beside the repository');
const EXPECTED: Readonly<Record<string, readonly [number, number | undefined, number | undefined]>> = {
  'netburst-i386-xeon-2cpu': [2, undefined, undefined],
  'netburst-xeonmp-16cpu-offline': [16, 4, 8],
  'xeon-e5345-8cpu': [8, 2, 8],
  'opteron865-16cpu': [16, 8, 16],
  'magnycours-48cpu': [48, 4, 48],
  'xeon-e7-4870-40cpu': [40, 4, 40],
  'opteron6276-64cpu': [64, 4, 32],
  'xeon-e5-2680-16cpu': [16, 2, 16],
  'power9-el7a-gpunodes': [176, undefined, undefined],
  'armv7-2cpu': [2, undefined, undefined],
};

describe.each(machines.filter((machine) => machine in EXPECTED))('cpuinfo of recorded %s', (machine) => {
  it('counts threads, sockets and cores', () => {
    const info = parseCpuinfo(readFileSync(join(CORPUS, machine, 'proc/cpuinfo'), 'utf8'));
    const { threads, sockets, cores } = cpuTopology(info);
    const [expectedThreads, expectedSockets, expectedCores] = EXPECTED[machine] ?? [];

    expect(threads).toBe(expectedThreads);
    if (expectedSockets !== undefined) expect([sockets, cores]).toEqual([expectedSockets, expectedCores]);
  });
});
