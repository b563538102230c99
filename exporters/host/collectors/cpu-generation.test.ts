import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './cpu-generation.ts';

const SANDY_BRIDGE = `processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 45
model name\t: Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz
stepping\t: 7
microcode\t: 0x710
physical id\t: 0
cpu cores\t: 8
flags\t\t: fpu cx8 cmov mmx fxsr sse sse2 syscall lm cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3 avx
`;

describe('cpu_generation', () => {
  it('exports generation, counts and what still runs', () => {
    const samples = collect(collector, { cpuinfo: SANDY_BRIDGE });

    expect(samples[0]).toMatch(
      /^pgfleet_host_cpu_info\{vendor="Intel",model="Intel\(R\) Xeon\(R\) CPU E5-2660 0 @ 2\.20GHz",microarchitecture="Sandy Bridge.*signature="6:45:7"\} 1$/,
    );
    expect(samples.slice(1)).toEqual([
      'pgfleet_host_cpus{kind="socket"} 1',
      'pgfleet_host_cpus{kind="core"} 8',
      'pgfleet_host_cpus{kind="thread"} 1',
      `pgfleet_host_cpu_launch_timestamp_seconds ${Date.UTC(2012, 0, 1) / 1000}`,
      'pgfleet_host_cpu_x86_64_level 2',
      'pgfleet_host_cpu_highest_os_info{os="rhel",version="9"} 1',
      'pgfleet_host_microcode_revisions 1',
    ]);
  });

  it('notices CPUs of different microcode', () => {
    const cpuinfo = `${SANDY_BRIDGE}\n${SANDY_BRIDGE.replace('0x710', '0x708').replace('processor\t: 0', 'processor\t: 1')}`;

    expect(collect(collector, { cpuinfo })).toContain('pgfleet_host_microcode_revisions 2');
  });

  it('asks the firmware where the kernel has no brand', () => {
    const cpuinfo = 'processor\t: 0\nCPU implementer\t: 0x48\nCPU part\t: 0xd01\n';
    const dmidecode = `Handle 0x0004, DMI type 4, 48 bytes
Processor Information
\tVersion: Kunpeng 920-4826
\tStatus: Populated, Enabled
`;
    const samples = collect(collector, { cpuinfo, dmidecode }, { machine: 'aarch64' });

    expect(samples[0]).toContain('model="Kunpeng 920-4826"');
    expect(samples.join()).toContain('launch_timestamp');
    expect(samples.join()).not.toContain('x86_64');
  });

  it('does not date a virtual processor, nor one it does not know', () => {
    const kvm = SANDY_BRIDGE.replace(/model name.*/, 'model name\t: QEMU Virtual CPU version 2.5+');
    const unknown =
      'processor\t: 0\nvendor_id\t: Acme\ncpu family\t: 99\nmodel\t: 1\nmodel name\t: Acme One\n';

    expect(collect(collector, { cpuinfo: kvm }).join()).not.toContain('launch');
    expect(collect(collector, { cpuinfo: unknown })[0]).toBe(
      'pgfleet_host_cpu_info{vendor="Acme",model="Acme One",signature="99:1:"} 1',
    );
  });
});
