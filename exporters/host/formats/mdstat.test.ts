import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { mdController, parseMdstat } from './mdstat.ts';

const arrays = parseMdstat(fixtureText('raid/mdstat.txt'));

describe('parseMdstat', () => {
  it('reads every array with its members', () => {
    expect(
      arrays.map(({ device, active, readOnly, personality }) => [device, active, readOnly, personality]),
    ).toEqual([
      ['md2', true, false, 'raid5'],
      ['md1', true, false, 'raid1'],
      ['md0', true, true, 'raid1'],
      ['md3', true, false, 'raid6'],
      ['md4', true, false, 'raid0'],
      ['md_d5', false, false, undefined],
      ['md126', true, false, 'raid1'],
      ['md127', false, false, undefined],
    ]);
    expect(arrays[0]).toMatchObject({ blocks: 2929890816, metadata: '1.2', raidDisks: 3, upDisks: 2 });
    expect(arrays[0]?.members).toEqual([
      { device: 'sdd2', faulty: false, spare: false },
      { device: 'sdc2', faulty: false, spare: false },
      { device: 'sdb2', faulty: true, spare: false },
      { device: 'sda2', faulty: false, spare: false },
    ]);
    expect(arrays[2]?.members.map((member) => member.device)).toEqual([
      'cciss/c0d0p3',
      'cciss/c0d1p3',
      'sde3',
    ]);
  });

  it('reads what is being restored, and what only waits', () => {
    expect(arrays[0]?.sync).toEqual({
      kind: 'recovery',
      waiting: false,
      doneBlocks: 124776552,
      progressRatio: 0.085,
      remainingSeconds: 86.5 * 60,
    });
    expect(arrays[2]?.sync).toMatchObject({ kind: 'resync', waiting: true, doneBlocks: undefined });
  });

  it('leaves open what the kernel does not say', () => {
    expect(arrays[4]).toMatchObject({ raidDisks: undefined, upDisks: undefined, sync: undefined });
  });

  it('finds no array where there is none', () => {
    expect(parseMdstat('Personalities : [raid1]\nunused devices: <none>\n')).toEqual([]);
    expect(parseMdstat('mdf1: testman actve\n')).toEqual([]);
  });
});

describe('mdController', () => {
  it('judges arrays by what their level tolerates; a container is none', () => {
    const controller = mdController(arrays);

    expect(controller?.volumes.map(({ id, state, level }) => [id, state, level])).toEqual([
      ['md2', 'rebuilding', 'raid5'],
      ['md1', 'ok', 'raid1'],
      ['md0', 'ok', 'raid1'],
      ['md3', 'failed', 'raid6'],
      ['md4', 'ok', 'raid0'],
      ['md_d5', 'inactive', undefined],
      ['md126', 'degraded', 'raid1'],
    ]);
  });

  it('names members by array, for a disk has partitions in several', () => {
    const drives = mdController(arrays)?.drives ?? [];

    expect(drives.find((drive) => drive.id === 'md2/sdb2')).toMatchObject({ state: 'failed', group: 'md2' });
    expect(drives.find((drive) => drive.id === 'md0/sde3')).toMatchObject({ state: 'ok', role: 'spare' });
  });

  it('is undefined where no array is', () => {
    expect(mdController([])).toBeUndefined();
  });
});
