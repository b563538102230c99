import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  celsiusOf,
  countOf,
  driveModelOf,
  durationOf,
  leadingNumber,
  levelOf,
  mediumOf,
  outlineOf,
  pairOf,
  protocolOf,
  ratioOf,
  taskKindOf,
  textOf,
} from './tool-text.ts';

describe('numbers', () => {
  it.each([
    ['893.750 GB', Math.round(893.75 * 2 ** 30)],
    ['139392MB', 139392 * 2 ** 20],
    ['1.7 TiB', Math.round(1.7 * 2 ** 40)],
    ['512B', 512],
    ['65535 KB or so', 65535 * 1024],
    ['??? GB', undefined],
    ['N/A', undefined],
    ['12 Gbps', undefined],
  ])('bytesOf(%j) is %s', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  });

  it('takes a decimal size for what it is where drives are sold by it', () => {
    expect(bytesOf('146 GB', 1000)).toBe(146e9);
    expect(bytesOf('146 GiB', 1000)).toBe(146 * 2 ** 30);
  });

  it.each([
    ['35C (95.00 F)', 35],
    [' 21C (69.80 F)', 21],
    ['31 deg C', 31],
    ['54 C/ 129 F (Normal)', 54],
    ['-4 C/ 25 F (Normal)', -4],
    ['61  degree Celcius', 61],
    ['N/A', undefined],
    ['95.00 F', undefined],
    ['Not Supported', undefined],
    ['35 Counts', undefined],
  ])('celsiusOf(%j) is %s', (text, degrees) => {
    expect(celsiusOf(text)).toBe(degrees);
  });

  it.each([
    ['47%', 0.47],
    ['100 percent', 1],
    ['98.7%', 0.987],
    ['5158 %', undefined],
    ['101%', undefined],
    ['-', undefined],
  ])('ratioOf(%j) is %s', (text, ratio) => {
    expect(ratioOf(text)).toBe(ratio);
  });

  it.each([
    ['1 Hours 12 Minutes', 4320],
    ['17.0min', 1020],
    ['3 days, 17 hours, 20 minutes', 321600],
    ['-', undefined],
  ])('durationOf(%j) is %s', (text, seconds) => {
    expect(durationOf(text)).toBe(seconds);
  });

  it('counts only what is a count', () => {
    expect([
      countOf(' 12 '),
      countOf('0'),
      countOf('0x10'),
      countOf('12.5'),
      countOf(''),
      countOf(undefined),
    ]).toEqual([12, 0, undefined, undefined, undefined, undefined]);
    expect([
      leadingNumber('4049 mV'),
      leadingNumber('-11 mA'),
      leadingNumber('1.2.3'),
      leadingNumber('mV'),
    ]).toEqual([4049, -11, undefined, undefined]);
  });
});

describe('words', () => {
  it.each([
    ['RAID 1+0', 'raid10'],
    ['RAID-10', 'raid10'],
    ['6 Reed-Solomon', 'raid6'],
    ['RAID 6 (ADG)', 'raid6'],
    ['1(1+0)', 'raid1'],
    ['raid5', 'raid5'],
    ['RAID1E', 'raid1e'],
    ['50', 'raid50'],
    ['JBOD', 'jbod'],
    ['Simple_volume', 'linear'],
    ['linear', 'linear'],
    ['multipath', 'multipath'],
    ['raid99', undefined],
    ['SPARE', undefined],
    ['', undefined],
  ])('levelOf(%j) is %s', (text, level) => {
    expect(levelOf(text)).toBe(level);
  });

  it('takes placeholders and control characters for nothing', () => {
    expect([textOf(' N/A '), textOf('-'), textOf('None'), textOf(''), textOf('A\u0000B  C')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'A B C',
    ]);
    expect(driveModelOf('ATA     MB2000GBUPB')).toBe('MB2000GBUPB');
    expect(driveModelOf('ATAPI thing')).toBe('ATAPI thing');
  });

  it.each([
    ['Rebuild', 'rebuild'],
    ['Show Drive Copyback Status Succeeded.', 'rebuild'],
    ['Background Initialization', 'initialize'],
    ['Check Consistency', 'check'],
    ['Synchronize', 'resync'],
    ['Transforming', 'migrate'],
    ['Sanitize', 'erase'],
    ['Dancing', 'other'],
  ])('taskKindOf(%j) is %s', (text, kind) => {
    expect(taskKindOf(text)).toBe(kind);
  });

  it('knows buses and media', () => {
    expect(['Serial ATA', 'SAS 12.0 Gb/s', 'Ultra320', 'NVMe', 'Parallel SCSI', '?'].map(protocolOf)).toEqual(
      ['sata', 'sas', 'scsi', 'nvme', 'scsi', undefined],
    );
    expect(['Solid State SATA', 'SATA_SSD', 'Hard Disk Device', 'SAS HDD', 'SAS'].map(mediumOf)).toEqual([
      'ssd',
      'ssd',
      'hdd',
      'hdd',
      undefined,
    ]);
  });
});

describe('lines', () => {
  it('splits a pair at the first separator', () => {
    expect(pairOf("Drive's position: DiskGroup: 0")).toEqual({
      key: "Drive's position",
      value: 'DiskGroup: 0',
    });
    expect(pairOf('Key(T:L)   : 1:0', ' :')).toEqual({ key: 'Key(T:L)', value: '1:0' });
    expect(pairOf('no pair')).toBeUndefined();
    expect(pairOf(': no key')).toBeUndefined();
  });

  it('draws the outline that the indentation gives', () => {
    expect(outlineOf('a\n  b\n    c\n\n  d\ne')).toEqual([
      {
        text: 'a',
        children: [
          { text: 'b', children: [{ text: 'c', children: [] }] },
          { text: 'd', children: [] },
        ],
      },
      { text: 'e', children: [] },
    ]);
  });
});
