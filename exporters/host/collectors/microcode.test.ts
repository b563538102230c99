import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './microcode.ts';

const cpuinfo = (microcode: string, model = 45) =>
  `processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: ${model}\nstepping\t: 7\nmicrocode\t: ${microcode}\n\n`;

it('holds the revision against the newest known', () => {
  expect(collect(collector, { cpuinfo: cpuinfo('0x710') })).toEqual([
    'pgfleet_host_microcode_revision 1808',
    'pgfleet_host_microcode_newest_revision 1818',
    'pgfleet_host_microcode_outdated 1',
  ]);
  expect(collect(collector, { cpuinfo: cpuinfo('0x71a') }).at(-1)).toBe('pgfleet_host_microcode_outdated 0');
});

it('judges nothing that the kernel or the catalog does not tell', () => {
  expect(collect(collector, { cpuinfo: cpuinfo('unknown') })).toEqual([
    'pgfleet_host_microcode_newest_revision 1818',
  ]);
  expect(collect(collector, { cpuinfo: cpuinfo('0x1', 250) })).toEqual(['pgfleet_host_microcode_revision 1']);
});

it('judges no virtual machine', () => {
  const virtual = '/sys/class/dmi/id/sys_vendor\tQEMU\n';

  expect(collect(collector, { cpuinfo: cpuinfo('0x1'), virtual })).toEqual([]);
});
