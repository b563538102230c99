import { describe, expect, it } from 'vitest';
import { smartctlFixture } from '../../../test/support/disks.ts';
import type { Section } from '../capture.ts';
import { deviceLabel, kindOf, readDisks } from './disk-list.ts';
import { NO_FINDINGS } from './smartctl-report.ts';

function section(name: string, given: Partial<Section> | string): Section {
  const more = typeof given === 'string' ? { output: given } : given;
  return {
    name: `smartctl:${name}`,
    status: 'ok',
    exitCode: 0,
    durationSeconds: undefined,
    tool: undefined,
    output: '',
    ...more,
  };
}

const EMPTY_SLOT =
  'smartctl 6.6\n\nSmartctl open device: /dev/sda [megaraid_disk_07] failed: INQUIRY failed\n';

describe('readDisks', () => {
  it('finds the members of a controller and passes over its empty slots', () => {
    const disks = readDisks([
      section(
        '/dev/sda',
        smartctlFixture('sas-hdd.txt').replace('CX600MM0088', 'PERC H710').replace('S0M00TEST', '00f1'),
      ),
      section('/dev/sda:megaraid,0', smartctlFixture('sas-hdd.txt')),
      section('/dev/sda:megaraid,1', {
        output: smartctlFixture('sata-hdd.txt'),
        status: 'failed',
        exitCode: 64,
      }),
      section('/dev/sda:megaraid,7', { output: EMPTY_SLOT, exitCode: 2 }),
    ]);

    expect(disks.map(({ device, kind, member }) => [device, kind, member?.slot])).toEqual([
      ['sda', 'volume', undefined],
      ['sda_megaraid_0', 'physical', '0'],
      ['sda_megaraid_1', 'physical', '1'],
    ]);
  });

  it('keeps one of a disk that is reachable in two ways, by its serial number', () => {
    const disks = readDisks([
      section('/dev/bus/0:megaraid,4', smartctlFixture('sata-hdd.txt')),
      section('/dev/sdc', smartctlFixture('sata-hdd.json')),
    ]);

    expect(disks.map(({ device }) => device)).toEqual(['sdc']);
  });

  it.each(['REDACTED', '--', 'xxx', '000000000', ''])('merges no disks by the serial number %j', (serial) => {
    const masked = smartctlFixture('sata-hdd.txt').replace('Z1COMPOSED', serial);

    expect(readDisks([section('/dev/sda', masked), section('/dev/sdb', masked)])).toHaveLength(2);
  });

  it('keeps a member that hangs: an empty slot answers at once', () => {
    const [disk] = readDisks([section('/dev/sda:cciss,2', { status: 'timeout' })]);

    expect(disk).toMatchObject({
      device: 'sda_cciss_2',
      report: { condition: 'failed', problem: 'timeout' },
    });
  });

  it('takes a device for a volume that wants to be asked for its members', () => {
    const refusal = `smartctl 7.0 2018-12-30 r4883 [x86_64-linux]

Smartctl open device: /dev/sda failed: DELL or MegaRaid controller, please try adding '-d megaraid,N'
`;

    expect(readDisks([section('/dev/sda', { output: refusal, exitCode: 2 })])).toMatchObject([
      { kind: 'volume' },
    ]);
  });

  it('lists scanned devices for which there was no time', () => {
    const scanned = [
      { path: '/dev/sda', type: 'sat' },
      { path: '/dev/bus/0', type: 'megaraid,40' },
    ];
    const disks = readDisks([section('/dev/sda', smartctlFixture('sata-hdd.txt'))], scanned);

    expect(disks.map(({ device, report }) => [device, report.condition])).toEqual([
      ['sda', 'read'],
      ['bus_0_megaraid_40', 'failed'],
    ]);
  });

  it('trusts no output that was cut', () => {
    const [disk] = readDisks([
      section('/dev/sda', { status: 'truncated', output: smartctlFixture('sata-hdd.txt') }),
    ]);

    expect(disk?.report).toMatchObject({ condition: 'failed', powerOnSeconds: undefined });
  });

  it('fails when nothing may be read, so that the missing right is seen', () => {
    const denied = { status: 'denied', output: 'sudo: a password is required\n', exitCode: 1 } as const;

    expect(() => readDisks([section('/dev/sda', denied), section('/dev/sdb', denied)])).toThrow(
      /root or a sudo rule/,
    );
    expect(() =>
      readDisks([section('/dev/sda', 'Smartctl open device: /dev/sda failed: Permission denied\n')]),
    ).toThrow(/root or a sudo rule/);
    expect(readDisks([])).toEqual([]);
  });
});

it.each([
  ['/dev/sda', undefined, 'sda'],
  ['/dev/sda', 'sat', 'sda'],
  ['/dev/bus/0', 'megaraid,8', 'bus_0_megaraid_8'],
  ['/dev/cciss/c0d0', 'cciss,3', 'cciss_c0d0_cciss_3'],
  ['/dev/sg2', 'areca,3/1', 'sg2_areca_3_1'],
  ['/dev/sda', 'sat+megaraid,1', 'sda_sat+megaraid_1'],
  ['/dev/disk/by-id/wwn-0x5', undefined, 'wwn-0x5'],
])('labels %s -d %s as %s', (path, type, label) => {
  expect(deviceLabel(path, type)).toBe(label);
});

it.each([
  ['ST4000NM0033-9ZM170', 'physical'],
  ['SEAGATE ST300MM0006', 'physical'],
  ['HP EG0600FBVFP', 'physical'],
  ['INTEL SSDSC2BB480G7', 'physical'],
  ['DELL PERC H710', 'volume'],
  ['HP LOGICAL VOLUME', 'volume'],
  ['LSI MR9261-8i', 'volume'],
  ['IBM ServeRAID M5110e', 'volume'],
  ['Cisco UCSC-MRAID12G', 'volume'],
  ['Intel Raid 1 Volume', 'volume'],
  ['NETAPP LUN', 'volume'],
  ['QEMU HARDDISK', 'virtual'],
  ['VMware Virtual disk', 'virtual'],
  ['Amazon Elastic Block Store', 'virtual'],
])('takes %s for a %s disk', (modelName, kind) => {
  expect(kindOf({ identity: { ...NO_FINDINGS.identity, modelName }, problem: undefined })).toBe(kind);
});
