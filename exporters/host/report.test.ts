import { describe, expect, it } from 'vitest';
import { hostInput } from '../../test/support/host.ts';
import { type Given, givenCollector } from '../../test/support/host-report.ts';
import { noSection, type Section } from './capture.ts';
import { hostReport } from './report.ts';

const HARDWARE: Given = ['pgfleet_host_virtual_info', { kind: 'none' }, 1];

const report = (
  given: readonly Given[],
  sections: readonly Section[] = [],
  { error, live = true }: { error?: Error; live?: boolean } = {},
) =>
  hostReport({
    name: 'db1',
    input: hostInput({}, { arrival: { ...hostInput({}).arrival, live } }),
    sections,
    collectors: [givenCollector('given', given, error)],
    declared: {},
    user: 'monitor',
  });

const tool = {
  command: '/usr/bin/ipmitool mc info',
  privilege: 'user',
  version: undefined,
  owner: undefined,
} as const;

describe('what could not be read', () => {
  it('names the command and the sudo rule for what was denied', () => {
    const { unread, sudoers } = report([], [{ ...noSection('ipmi-bmc', 'denied'), tool }]);

    expect(unread).toEqual([
      { what: 'ipmi-bmc', why: 'needs root', remedy: 'allow: /usr/bin/ipmitool mc info' },
    ]);
    expect(sudoers.at(-1)).toBe('monitor ALL=(root) NOPASSWD: /usr/bin/ipmitool mc info');
  });

  it('tells denied, failed, hung and damaged apart', () => {
    const failed = { ...noSection('megacli:drives', 'failed'), exitCode: 3, tool };
    const others = (['timeout', 'truncated', 'corrupt', 'skipped'] as const).map((status) =>
      noSection(status, status),
    );
    const { unread } = report([], [failed, ...others, noSection('fine', 'ok'), noSection('none', 'absent')]);

    expect(unread.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'megacli:drives: failed on the host with code 3',
      'timeout: hung on the host',
      'truncated: larger than the limit, or cut on the way',
      'corrupt: damaged on the way',
      'skipped: left out: no time was left, or another one was asking',
    ]);
  });

  it('names tools that are not installed, on hardware only', () => {
    const sections = [noSection('smartctl', 'absent'), noSection('megacli', 'absent')];

    expect(report([HARDWARE], sections).unread).toEqual([
      { what: 'the health of the disks', why: 'smartctl is not there', remedy: 'install smartmontools' },
    ]);
    expect(report([['pgfleet_host_virtual_info', { kind: 'kvm' }, 1]], sections).unread).toEqual([]);
  });

  it('tells that nobody counts memory errors, and what would', () => {
    const of = (value: number) => report([HARDWARE, ['pgfleet_host_edac_driver_loaded', {}, value]]).unread;

    expect(of(0)).toEqual([
      expect.objectContaining({ what: 'memory errors', remedy: expect.stringContaining('modprobe') }),
    ]);
    expect(of(1)).toEqual([]);
  });

  it('names RAID adapters that nobody reads', () => {
    const { unread } = report([['pgfleet_raid_adapters_unread', { driver: 'megaraid_sas' }, 1]]);

    expect(unread[0]?.what).toBe('RAID controller with driver megaraid_sas');
  });

  it('tells of a collector that failed, unless a section explains it', () => {
    const error = new Error('section ipmi-bmc: reading it needs more privileges');

    expect(report([], [], { error }).unread.map(({ what }) => what)).toEqual(['collector given']);
    const explained = report([], [noSection('ipmi-bmc', 'denied')], { error });
    expect(explained.unread.map(({ what }) => what)).toEqual(['ipmi-bmc']);
  });
});

it('says in words what is missing of what such a machine can tell', () => {
  const { coverage, findings } = report([
    HARDWARE,
    ['pgfleet_disk_coverage_ratio', { device: 'sda' }, 0.75],
    ['pgfleet_disk_signal_missing', { device: 'sda', signal: 'self_tests' }, 1],
  ]);

  expect(findings).toEqual([]);
  expect(coverage.ratio).toBeCloseTo(0.75 / 9);
  expect(coverage.missing).toContain('health of the disks (75 % of it read; not: self tests)');
  expect(coverage.missing).toContain('memory errors');
});

it('says when it was made: by our clock, or by that of the host for a recorded capture', () => {
  const { now, header } = hostInput({});

  expect(report([])).toMatchObject({ madeAt: now, recorded: false });
  expect(report([], [], { live: false })).toMatchObject({ madeAt: header.time, recorded: true });
});
