import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSmartctlScan } from './smartctl-scan.ts';

const MEGARAID = [
  { path: '/dev/sda', type: 'scsi' },
  { path: '/dev/bus/6', type: 'megaraid,8' },
];

describe('parseSmartctlScan', () => {
  it('reads text', () => {
    const output = `/dev/sda -d scsi # /dev/sda, SCSI device
/dev/bus/6 -d megaraid,8 # /dev/bus/6 [megaraid_disk_08], SCSI device
# /dev/sdb -d scsi # /dev/sdb, SCSI device open failed: No such device
`;

    expect(parseSmartctlScan(output)).toEqual(MEGARAID);
  });

  it('reads JSON', () => {
    const devices = [
      { name: '/dev/sda', info_name: '/dev/sda', type: 'scsi', protocol: 'SCSI' },
      {
        name: '/dev/bus/6',
        info_name: '/dev/bus/6 [megaraid_disk_08]',
        type: 'megaraid,8',
        protocol: 'SCSI',
      },
      { name: '/dev/sdb', type: 'scsi', protocol: 'SCSI', open_error: 'No such device' },
      'damaged',
    ];

    expect(parseSmartctlScan(JSON.stringify({ devices }))).toEqual(MEGARAID);
  });

  it.each(['', '{"devices":[{"name":"/dev/s', '=======> UNRECOGNIZED OPTION: scan\n', '{"devices":7}', '[]'])(
    'finds nothing in %j',
    (output) => {
      expect(parseSmartctlScan(output)).toEqual([]);
    },
  );

  const corpus = new URL('../../../../shared/fixtures/', import.meta.url);
  it.skipIf(!existsSync(corpus))('reads every recorded scan', () => {
    for (const folder of ['smartctl-json', 'smartctl-text']) {
      const url = new URL(`${folder}/`, corpus);
      for (const name of readdirSync(url).filter((one) => one.includes('scan'))) {
        expect(parseSmartctlScan(readFileSync(new URL(name, url), 'utf8')).length, name).toBeGreaterThan(0);
      }
    }
  });
});
