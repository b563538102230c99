import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseVulnerability } from './cpu-vulnerabilities.ts';

const FOLDER = '/sys/devices/system/cpu/vulnerabilities';

describe('cpu_vulnerabilities', () => {
  it('exports the state of each', () => {
    const vulnerabilities = `${FOLDER}/l1tf\tNot affected\n${FOLDER}/meltdown\tMitigation: PTI\n`;

    expect(collect(collector, { vulnerabilities })).toEqual([
      'pgfleet_host_cpu_vulnerabilities_reported 1',
      'node_cpu_vulnerabilities_info{codename="l1tf",state="not affected"} 1',
      'node_cpu_vulnerabilities_info{codename="meltdown",state="mitigation",mitigation="PTI"} 1',
    ]);
  });

  it('does not take a kernel that does not know them for a safe one', () => {
    expect(collect(collector, { vulnerabilities: { status: 'absent' } })).toEqual([
      'pgfleet_host_cpu_vulnerabilities_reported 0',
    ]);
  });

  it('says nothing when the capture did not look', () => {
    expect(collect(collector, {})).toEqual([]);
  });

  it.each([
    ['Not affected', 'not affected', ''],
    ['Vulnerable', 'vulnerable', ''],
    ['Vulnerable: No microcode', 'vulnerable', 'No microcode'],
    ['Vulnerable, IBPB: disabled', 'vulnerable', 'IBPB: disabled'],
    ['Mitigation: Load fences', 'mitigation', 'Load fences'],
    [
      'Mitigation: PTE Inversion; VMX: conditional cache flushes, SMT vulnerable',
      'mitigation',
      'PTE Inversion; VMX: conditional cache flushes, SMT vulnerable',
    ],
    ['KVM: Mitigation: VMX disabled', 'mitigation', 'VMX disabled'],
    ['KVM: Vulnerable', 'vulnerable', ''],
    ['Unknown: Dependent on hypervisor status', 'unknown', 'Dependent on hypervisor status'],
    ['Processor vulnerable', 'unknown', 'Processor vulnerable'],
  ])('reads "%s"', (line, state, mitigation) => {
    expect(parseVulnerability(line)).toEqual({ state, mitigation });
  });
});
