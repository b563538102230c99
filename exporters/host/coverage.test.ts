import { describe, expect, it } from 'vitest';
import { print } from '../../test/support/host.ts';
import { type Given, readingsOf, sampleOf } from '../../test/support/host-report.ts';
import { coverageOf, coverageSamples } from './coverage.ts';

const hardware = (...given: readonly Given[]) =>
  readingsOf(['pgfleet_host_virtual_info', { kind: 'none' }, 1], ...given);

describe('coverage of a host', () => {
  it('is nothing where nothing was told, and each signal says so', () => {
    const { ratio, shares } = coverageOf(hardware());

    expect(ratio).toBe(0);
    expect([...shares.values()].every((share) => share === 0)).toBe(true);
    expect([...shares.keys()]).toContain('raid');
  });

  it('is the mean of its disks', () => {
    const { shares } = coverageOf(
      hardware(
        ['pgfleet_disk_coverage_ratio', { device: 'sda' }, 1],
        ['pgfleet_disk_coverage_ratio', { device: 'sdb' }, 0.5],
      ),
    );

    expect(shares.get('disks')).toBe(0.75);
  });

  it('takes no driver for no answer about memory errors, and a silent controller for none', () => {
    const memory = (value: number) =>
      coverageOf(hardware(['pgfleet_host_edac_driver_loaded', {}, value])).shares.get('memory_errors');
    const controller = (value: number) =>
      coverageOf(hardware(['ipmi_up', { collector: 'ipmi' }, value])).shares.get('management_controller');

    expect([memory(0), memory(1)]).toEqual([0, 1]);
    expect([controller(0), controller(1)]).toEqual([0, 1]);
  });

  it('expects of a virtual machine only what it can tell', () => {
    const samples = coverageSamples([
      sampleOf(['pgfleet_host_virtual_info', { kind: 'kvm' }, 1]),
      sampleOf(['pgfleet_host_os_support_end_timestamp_seconds', { release: 'Debian 12' }, 1]),
      sampleOf(['pgfleet_disk_coverage_ratio', {}, 0]),
    ]);

    expect([...samples].flatMap(print)).toEqual([
      'pgfleet_host_coverage_ratio 1',
      'pgfleet_host_signal_coverage_ratio{signal="system_support"} 1',
    ]);
  });
});
