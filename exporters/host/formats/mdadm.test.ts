import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { mdadmController, parseMdadm } from './mdadm.ts';
import { mdController, parseMdstat } from './mdstat.ts';
import { mergeReports } from './raid.ts';

const output = parseMdadm(fixtureText('raid/mdadm-detail.txt'));

describe('parseMdadm', () => {
  it('reads arrays in detail', () => {
    expect(output.errors).toEqual(['cannot open /dev/md9: No such file or directory']);
    expect(output.details).toHaveLength(2);
    expect(output.details[0]).toMatchObject({
      device: '/dev/md2',
      personality: 'raid5',
      states: ['active', 'degraded', 'recovering'],
      sizeKib: 2929890816,
      raidDevices: 3,
      failedDevices: 1,
      name: 'db9:2',
      uuid: '245e1231:00000000:00000000:00000001',
      tasks: [{ kind: 'rebuild', progressRatio: 0.08 }],
    });
    expect(output.details[0]?.members).toEqual([
      { device: '/dev/sda2', place: 0, state: 'active sync' },
      { device: '/dev/sdd2', place: 1, state: 'spare rebuilding' },
      { device: '/dev/sdc2', place: 2, state: 'active sync' },
      { device: '/dev/sdb2', place: undefined, state: 'faulty' },
    ]);
  });

  it('reads the superblock of a member', () => {
    expect(parseMdadm(fixtureText('raid/mdadm-examine.txt'))).toEqual({
      details: [],
      superblocks: [
        {
          device: '/dev/sda2',
          personality: 'raid5',
          raidDevices: 3,
          arrayUuid: '245e1231:00000000:00000000:00000001',
          events: 372252,
          role: 'Active device 0',
          arrayState: 'A.A',
        },
      ],
      errors: [],
    });
  });
});

describe('mdadmController', () => {
  it('adds to /proc/mdstat which member is rebuilt and which place is empty', () => {
    const stat = mdController(parseMdstat(fixtureText('raid/mdstat.txt')));
    const detail = mdadmController(output.details);
    if (stat === undefined || detail === undefined) throw new Error('no arrays');

    const [controller] = mergeReports(
      [stat, detail].map((one) => ({ controllers: [one], errors: [] })),
    ).controllers;

    expect(controller?.volumes).toHaveLength(7);
    const drive = (id: string) => controller?.drives.find((one) => one.id === id);
    expect(drive('md2/sdd2')).toMatchObject({ state: 'rebuilding' });
    expect(drive('md2/sdb2')).toMatchObject({ state: 'failed' });
    expect(drive('md3/place 1')).toMatchObject({ state: 'missing' });
    expect(controller?.volumes.find((volume) => volume.id === 'md3')).toMatchObject({
      state: 'failed',
      drivesActive: 1,
    });
  });

  it('leaves containers to the arrays inside them', () => {
    expect(
      mdadmController(parseMdadm('/dev/md127:\n        Raid Level : container\n').details),
    ).toBeUndefined();
  });
});
