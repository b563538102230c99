import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './os-support.ts';

const os = (...lines: readonly string[]) => lines.map((line) => `/etc/os-release\t${line}\n`).join('');
const stateOf = (lines: readonly string[]) => lines.find((line) => /_state\{.* 1$/.test(line));

describe('os_support', () => {
  it('exports when support ended', () => {
    const samples = collect(
      collector,
      { os: os('ID="centos"', 'NAME="CentOS Linux"', 'VERSION_ID="7"') },
      { now: 1_800_000_000 },
    );

    expect(stateOf(samples)).toBe('pgfleet_host_os_support_state{state="ended"} 1');
    expect(samples.join('\n')).toContain(
      `pgfleet_host_os_support_end_timestamp_seconds{release="CentOS 7"} ${Date.UTC(2024, 5, 30) / 1000}`,
    );
  });

  it('knows systems from before os-release', () => {
    const samples = collect(
      collector,
      { os: '/etc/redhat-release\tCentOS release 5.11 (Final)\n' },
      { now: 1_800_000_000 },
    );

    expect(stateOf(samples)).toBe('pgfleet_host_os_support_state{state="ended"} 1');
  });

  it.each([
    ['a system the catalog does not know', os('ID=plan9', 'VERSION_ID=4')],
    ['a rolling system', os('ID=arch')],
    ['no system at all', { status: 'absent' }],
  ] as const)('says unknown of %s, never supported', (_what, section) => {
    const samples = collect(collector, { os: section });

    expect(stateOf(samples)).toBe('pgfleet_host_os_support_state{state="unknown"} 1');
    expect(samples.join()).not.toContain('timestamp');
  });
});
