import { describe, expect, it } from 'vitest';
import { diskSections, smartctlFixture } from '../../../test/support/disks.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './disk-failure.ts';

const about = (lines: readonly string[], ...names: readonly string[]) =>
  lines.filter((line) => names.some((name) => line.startsWith(`pgfleet_disk_${name}{`)));

describe('disk_failure', () => {
  it('names the attribute and the bucket that make a failure likely', () => {
    const lines = collect(collector, diskSections({ '/dev/sda': 'sata-hdd.txt' }));

    expect(lines).toEqual([
      `pgfleet_disk_annual_failure_probability{device="sda",attribute_id="5",attribute="reallocated sectors",bucket="1101+"} ${1 - Math.exp(-1.5)}`,
      'pgfleet_disk_failure_sign{device="sda",sign="health_failed"} 0',
      'pgfleet_disk_failure_sign{device="sda",sign="attribute_failing"} 0',
      'pgfleet_disk_failure_sign{device="sda",sign="media_errors"} 1',
      'pgfleet_disk_failure_sign{device="sda",sign="self_test_failed"} 1',
      'pgfleet_disk_coverage_ratio{device="sda"} 1',
      `pgfleet_disk_design_life_used_ratio{device="sda"} ${76590 / 43800}`,
    ]);
  });

  it('gives a disk without any sign the rate of such disks, which is not zero', () => {
    const clean = smartctlFixture('sata-hdd.txt')
      .replaceAll(/^( {2}5 .* )2760$/gm, '$10')
      .replaceAll(/^(187 .* )8$/gm, '$10')
      .replaceAll(/^(188 .* )2 2 5$/gm, '$10 0 0')
      .replaceAll(/^(19[78] .* )16$/gm, '$10');
    const lines = collect(collector, { smartctl: 'x\n', 'smartctl:/dev/sda': clean });

    expect(about(lines, 'annual_failure_probability')).toEqual([
      `pgfleet_disk_annual_failure_probability{device="sda",attribute_id="5",attribute="reallocated sectors",bucket="0"} ${1 - Math.exp(-0.025)}`,
    ]);
  });

  it('lets signs of the disk decide before signs of the cable', () => {
    const table = (rows: string) => `smartctl 7.2 2020-12-30 r5155 [x86_64-linux]
Device Model:     ST4000CM0033
Rotation Rate:    7200 rpm
ID# ATTRIBUTE_NAME          FLAGS    VALUE WORST THRESH FAIL RAW_VALUE
${rows}
`;
    const decided = (rows: string) =>
      about(
        collect(collector, { smartctl: 'x\n', 'smartctl:/dev/sda': table(rows) }),
        'annual_failure_probability',
      ).map((line) => /attribute_id="(\d+)".*bucket="([^"]*)"/.exec(line)?.slice(1));
    const crc = '199 UDMA_CRC_Error_Count    -OSRCK   200   200   000    -    349';

    expect(decided(crc)).toEqual([['199', '2+']]);
    expect(decided(`${crc}\n  5 Reallocated_Sector_Ct   PO--CK   100   100   010    -    3`)).toEqual([
      ['5', '1-4'],
    ]);
    expect(decided('188 Command_Timeout         -O--CK   100   099   000    -    2 2 2')).toEqual([
      ['188', '1-3'],
    ]);
    expect(decided('184 End-to-End_Error        -O--CK   099   099   099    NOW  1')).toEqual([
      ['184', '0-99'],
    ]);
  });

  it('has no statistics for flash, but signs that need none', () => {
    const lines = collect(collector, diskSections({ '/dev/nvme0': 'nvme.txt' }));

    expect(lines).toEqual([
      'pgfleet_disk_failure_sign{device="nvme0",sign="health_failed"} 1',
      'pgfleet_disk_failure_sign{device="nvme0",sign="endurance_exceeded"} 1',
      'pgfleet_disk_failure_sign{device="nvme0",sign="spare_exhausted"} 1',
      'pgfleet_disk_failure_sign{device="nvme0",sign="media_errors"} 1',
      'pgfleet_disk_failure_sign{device="nvme0",sign="self_test_failed"} 1',
      'pgfleet_disk_coverage_ratio{device="nvme0"} 1',
      `pgfleet_disk_design_life_used_ratio{device="nvme0"} ${36038 / 43800}`,
    ]);
  });

  it('says how much it could not see', () => {
    const lines = collect(collector, diskSections({ '/dev/sdb': 'scsi-5.38.txt' }));

    expect(about(lines, 'coverage_ratio', 'signal_missing')).toEqual([
      `pgfleet_disk_coverage_ratio{device="sdb"} ${5 / 7}`,
      'pgfleet_disk_signal_missing{device="sdb",signal="write_errors"} 1',
      'pgfleet_disk_signal_missing{device="sdb",signal="self_tests"} 1',
    ]);
  });

  it('covers nothing of a disk that does not answer, and leaves a sleeping one alone', () => {
    const sections = {
      smartctl: 'x\n',
      'smartctl:/dev/sda': 'Smartctl open device: /dev/sda failed: No such device\n',
      'smartctl:/dev/sdb': 'Device is in STANDBY mode, exit(2)\n',
    };

    expect(collect(collector, sections)).toEqual(['pgfleet_disk_coverage_ratio{device="sda"} 0']);
  });

  it('counts down to the hours at which a firmware stops its drive', () => {
    const drive = (firmware: string, hours: string) =>
      smartctlFixture('sas-hdd.txt')
        .replace('COMPOSED', 'HP')
        .replace('CX600MM0088', 'VO0480JFDGT')
        .replace('N004', firmware)
        .replace('45675:39', hours);
    const lines = (firmware: string, hours: string) =>
      about(
        collect(collector, { smartctl: 'x\n', 'smartctl:/dev/sda': drive(firmware, hours) }),
        'hour_limit_seconds',
        'failure_sign',
      ).filter((line) => line.includes('hour_limit'));

    expect(lines('HPD5', '30768:00')).toEqual([
      'pgfleet_disk_failure_sign{device="sda",sign="hour_limit_near"} 1',
      'pgfleet_disk_hour_limit_seconds{device="sda",advisory="hpe-a00092491",fixed_in="HPD8"} 7200000',
    ]);
    expect(lines('HPD5', '20000:00')[0]).toMatch(/ 0$/);
    expect(lines('HPD8', '30768:00')).toEqual([]);
  });
});
