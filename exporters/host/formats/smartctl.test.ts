import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { driveKind, parseSmartctl } from './smartctl.ts';
import { decodeAttribute } from './smartctl-attribute.ts';
import { exitStates } from './smartctl-exit-status.ts';
import type { SmartReport } from './smartctl-report.ts';

const FIXTURES = new URL('../../../test/fixtures/smartctl/', import.meta.url);

function parse(output: string): SmartReport {
  const report = parseSmartctl(output);
  if (report === undefined) throw new Error('not read as smartctl output');
  return report;
}

function fixture(name: string): string {
  return readFileSync(new URL(name, FIXTURES), 'utf8');
}

describe.each(['sata-hdd', 'sas-hdd', 'nvme'])('%s, printed for people and as JSON', (name) => {
  const text = parse(fixture(`${name}.txt`));
  const json = parse(fixture(`${name}.json`));

  it('reads alike', () => {
    // Text tells neither the device's name nor how smartctl ended; packed values lose their upper bits.
    const comparable = ({ device, smartctl: _, exitStatus: __, attributes, ...rest }: SmartReport) => ({
      ...rest,
      protocol: device.protocol,
      attributes: attributes.map(({ raw: ___, ...attribute }) => attribute),
      scsi: rest.scsi && { ...rest.scsi, nonMediumErrors: undefined },
      smartAvailable: device.protocol !== 'NVMe' && rest.smartAvailable,
    });

    expect(comparable(text)).toEqual(comparable(json));
  });

  it('decodes to the same values', () => {
    const decoded = (report: SmartReport) =>
      report.attributes.map((attribute) => decodeAttribute(attribute, driveKind(report)));

    expect(decoded(text)).toEqual(decoded(json));
  });
});

describe('text of smartctl 7', () => {
  const report = parse(fixture('sata-hdd.txt'));

  it('tells who the disk is', () => {
    expect(report.smartctl).toEqual({
      version: '7.2',
      svnRevision: '5155',
      buildInfo: '(local build)',
      jsonFormatVersion: undefined,
    });
    expect(report.identity).toMatchObject({
      modelFamily: 'Composed Constellation',
      modelName: 'ST4000CM0033-9ZM170',
      serialNumber: 'Z1COMPOSED',
      firmwareVersion: 'SN05',
      wwn: '5000c5007817bb36',
      sataVersion: 'SATA 3.1',
    });
    expect(report).toMatchObject({
      capacityBytes: 4_000_787_030_016,
      logicalBlockSize: 512,
      physicalBlockSize: 4096,
      rotationRate: 7200,
      interfaceSpeed: { max: 6e9, current: 3e9 },
    });
  });

  it('tells how the disk is', () => {
    expect(report).toMatchObject({
      condition: 'read',
      healthPassed: true,
      powerOnSeconds: 76590 * 3600,
      powerCycles: 48,
      errorLogs: new Map([['extended', 12]]),
      selfTestLogs: new Map([['extended', { count: 3, errorCount: 1 }]]),
      errorRecoverySeconds: new Map([['read', 10]]),
      sctState: 0,
    });
    expect(report.temperatures.get('lifetime_max')).toBe(63);
  });

  it('keeps statistics that are valid', () => {
    expect(report.statistics.map(({ name, flags, value }) => [name, flags, value])).toEqual([
      ['Lifetime Power-On Resets', 'V---', 48],
      ['Power-on Hours', 'V---', 76590],
      ['Average Short Term Temperature', 'VN--', 41],
      ['Device-to-host register FISes sent due to a COMRESET', 'V---', 43],
      ['Command failed due to ICRC error', 'V---', 0],
    ]);
  });
});

describe('text of smartctl 5', () => {
  it('reads a failing SATA disk', () => {
    const report = parse(fixture('sata-5.38-failing.txt'));

    expect(report).toMatchObject({
      smartctl: { version: '5.38' },
      identity: { ataVersion: 'ATA/ATAPI-7 T13 1532D revision 1' },
      capacityBytes: 80_000_000_000,
      rotationRate: undefined,
      healthPassed: false,
      powerOnSeconds: 66291 * 3600,
      temperatures: new Map([['current', 53]]),
      errorLogs: new Map([['summary', 4343]]),
      selfTestLogs: new Map([['standard', { count: 0, errorCount: 0 }]]),
    });
    expect(report.attributes.filter(({ whenFailed }) => whenFailed === 'now').map(({ id }) => id)).toEqual([
      1, 5,
    ]);
    expect(report.attributes[1]?.flags).toBe('POS---');
  });

  it('reads a SAS disk that predicts its failure', () => {
    const report = parse(fixture('scsi-5.38.txt'));

    expect(report).toMatchObject({
      device: { protocol: 'SCSI' },
      identity: { modelName: 'HP DGC146BB976', serialNumber: '3NCOMPOSED', firmwareVersion: 'HPD5' },
      smartAvailable: true,
      smartEnabled: true,
      healthPassed: false,
      powerOnSeconds: 52491 * 3600 + 43 * 60,
      selfTestLogs: new Map(),
      scsi: { grownDefects: 812, nonMediumErrors: 6 },
    });
    expect(report.scsi?.counters.get('read')?.uncorrected).toBe(31);
    expect(report.scsi?.counters.has('write')).toBe(false);
  });

  it('reads device statistics with tildes for normalized values', () => {
    const report = parse(`smartctl 6.4 2014-10-07 r4002 [x86_64-linux] (local build)
Device Statistics (GP Log 0x04)
Page Offset Size         Value  Description
  1  =====  =                =  == General Statistics (rev 2) ==
  1  0x008  4              107  Lifetime Power-On Resets
  7  =====  =                =  == Solid State Device Statistics (rev 1) ==
  7  0x008  1                5~ Percentage Used Endurance Indicator
                              |_ ~ normalized value
`);

    expect(report.statistics.map(({ flags }) => flags)).toEqual(['V---', 'VN--']);
    expect(report.enduranceUsedPercent).toBe(5);
  });
});

describe('a device that gives nothing', () => {
  it.each([
    [
      'in standby',
      'smartctl 7.4 2023-08-01 r5530 [x86_64-linux]\n\nDevice is in STANDBY mode, exit(2)\n',
      'standby',
      undefined,
    ],
    [
      'in standby, as JSON',
      '{"smartctl":{"version":[7,5],"messages":[{"string":"Device is in STANDBY mode, exit(2)","severity":"information"}],"exit_status":2},"power_mode":{"ata_value":0}}',
      'standby',
      undefined,
    ],
    [
      'without privileges',
      'smartctl 6.5 2016-05-07 r4318 [x86_64-linux]\n\nSmartctl open device: /dev/sda failed: Permission denied\n',
      'failed',
      'Smartctl open device: /dev/sda failed: Permission denied',
    ],
    ['behind sudo', 'sudo: a password is required\n', 'failed', 'sudo: a password is required'],
    [
      'behind a controller',
      "smartctl 7.0 2018-12-30 r4883 [x86_64-linux]\n\n/dev/sda: requires option '-d cciss,N'\nPlease specify device type with the -d option.\n",
      'failed',
      "/dev/sda: requires option '-d cciss,N'",
    ],
    [
      'that does not exist, as JSON',
      '{"smartctl":{"version":[7,0],"messages":[{"string":"Smartctl open device: /dev/sdz failed: No such device","severity":"error"}],"exit_status":2}}',
      'failed',
      'Smartctl open device: /dev/sdz failed: No such device',
    ],
  ])('%s', (_what, output, condition, problem) => {
    expect(parse(output)).toMatchObject({
      condition,
      problem,
      healthPassed: undefined,
      powerOnSeconds: undefined,
      capacityBytes: undefined,
    });
  });

  it('is not read from what smartctl did not print', () => {
    expect(parseSmartctl('')).toBeUndefined();
    expect(parseSmartctl('bash: smartctl: command not found')?.condition ?? 'failed').toBe('failed');
    expect(parseSmartctl('{"a":1}')).toBeUndefined();
    expect(parseSmartctl('{"smartctl":{"version":[7,1],"exit_status":0},"model_na')).toBeUndefined();
  });

  it('gives no temperature without a sensor', () => {
    const volume =
      '{"device":{"protocol":"SCSI"},"scsi_model_name":"HPE LOGICAL VOLUME","temperature":{"current":0,"drive_trip":0}}';

    expect(parse(volume).temperatures).toEqual(new Map());
  });
});

it('reads JSON after messages of the shell', () => {
  const report = parse(`sudo: unable to resolve host web1\n${fixture('nvme.json')}\n`);

  expect(report.nvme?.percentageUsed).toBe(103);
});

it('reads JSON of Windows with its byte order mark and line ends', () => {
  const report = parse(`\ufeff${fixture('sas-hdd.json').replaceAll('\n', '\r\n')}`);

  expect(report.scsi?.grownDefects).toBe(56);
});

it('reads numbers with a decimal comma', () => {
  const report = parse(
    fixture('sas-hdd.txt')
      .replace('176987.332', '176987,332')
      .replace(/^Accumulated power on.*$/m, '  number of hours powered up = 14491,72'),
  );

  expect(report.scsi?.counters.get('read')?.gigabytesProcessed).toBe(176_987.332);
  expect(report.powerOnSeconds).toBe(14_491 * 3600 + 43 * 60);
});

it('believes no disk that says it has run longer than disks exist', () => {
  const report = (hours: number) =>
    parse(`{"model_name":"X","power_on_time":{"hours":${hours}}}`).powerOnSeconds;

  expect(report(109_245)).toBe(109_245 * 3600);
  expect(report(561_772_796)).toBeUndefined();
  expect(report(4_294_967_295)).toBeUndefined();
});

it('takes the exit status of the caller where the text has none', () => {
  expect(parseSmartctl(fixture('sata-hdd.txt'), { exitStatus: 224 })?.exitStatus).toBe(224);
  expect(parseSmartctl(fixture('sata-hdd.json'), { exitStatus: 1 })?.exitStatus).toBe(224);
});

it('reads counts with any grouping and refuses damaged ones', () => {
  const capacity = (text: string) =>
    parse(`=== START OF INFORMATION SECTION ===\nDevice Model: X\nUser Capacity:    ${text}\n`).capacityBytes;

  expect(capacity('240.057.409.536 bytes [240 GB]')).toBe(240_057_409_536);
  expect(capacity('20 576 747 520 bytes [20,5 GB]')).toBe(20_576_747_520);
  expect(capacity('20\u00a0576\u00a0747\u00a0520 bytes [20,5 GB]')).toBe(20_576_747_520);
  expect(capacity('20\ufffd576\ufffd747\ufffd520 bytes')).toBe(20_576_747_520);
  expect(capacity('80026361856 bytes')).toBe(80_026_361_856);
  expect(capacity('300,$00,000,000 bytes [300 GB]')).toBeUndefined();
  expect(capacity('300,000 000,000 bytes')).toBeUndefined();
});

it('splits the exit status into states', () => {
  expect(exitStates(216)?.get('disk_failing')).toBe(true);
  expect(exitStates(216)?.get('open_failed')).toBe(false);
  expect([...(exitStates(64) ?? [])].filter(([, set]) => set)).toEqual([['error_log_has_errors', true]]);
  expect(exitStates(undefined)).toBeUndefined();
  expect(exitStates(300)).toBeUndefined();
});
