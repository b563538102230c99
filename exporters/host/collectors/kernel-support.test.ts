import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './kernel-support.ts';

const kernel = (release: string) =>
  collect(collector, { kernel: `/proc/sys/kernel/osrelease\t${release}\n` }, { now: 1_795_000_000 });
const stateOf = (lines: readonly string[]) => lines.find((line) => /_state\{.* 1$/.test(line));

describe('kernel_support', () => {
  it.each([
    ['6.11.0', 'ended'],
    ['6.12.5', 'supported'],
    ['5.4.278-1.el7.elrepo.x86_64', 'ended'],
    ['6.1.0-18-amd64', 'distribution'],
    ['2.6.32-754.el6.x86_64', 'distribution'],
    ['4.14.35-2047.el7uek.x86_64', 'distribution'],
    ['7.9.1', 'unknown'],
  ])('%s is %s', (release, state) => {
    expect(stateOf(kernel(release))).toBe(`pgfleet_host_kernel_support_state{state="${state}"} 1`);
  });

  it('exports the end of a line that has one', () => {
    expect(kernel('6.18.2').join('\n')).toContain(
      `pgfleet_host_kernel_support_end_timestamp_seconds{release="Linux Kernel 6.18"} ${Date.UTC(2028, 11, 31) / 1000}`,
    );
    expect(kernel('6.1.0-18-amd64').join()).not.toContain('timestamp');
  });

  it('says nothing without the release', () => {
    expect(collect(collector, { kernel: { status: 'absent' } })).toEqual([]);
  });
});
