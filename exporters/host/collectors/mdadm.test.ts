import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { collect } from '../../../test/support/host.ts';
import { notice } from '../../../test/support/notice.ts';
import { collector } from './mdadm.ts';

const lines = collect(collector, {
  mdstat: fixtureText('raid/mdstat.txt'),
  md: '/sys/block/md2/md/degraded\t1\n/sys/block/md2/md/raid_disks\t3\n/sys/block/md2/md/mismatch_cnt\t128\n/sys/block/md4/md/raid_disks\t5 (4)\n/sys/block/md4/md/degraded\n/sys/block/md2/md/dev-sdd2/state\tspare\n/sys/block/md2/md/dev-sda2/state\tin_sync\n/sys/block/md0/md/dev-cciss!c0d0p3/state\tin_sync,write_mostly\n',
});
const of = (pattern: RegExp) => lines.filter((line) => pattern.test(line));

describe('mdadm', () => {
  it('tells a degraded array that is being rebuilt', () => {
    expect(of(/^node_md.*device="md2"/)).toEqual([
      'node_md_state{device="md2",state="active"} 0',
      'node_md_state{device="md2",state="inactive"} 0',
      'node_md_state{device="md2",state="recovering"} 1',
      'node_md_state{device="md2",state="resync"} 0',
      'node_md_state{device="md2",state="check"} 0',
      'node_md_disks{device="md2",state="active"} 2',
      'node_md_disks{device="md2",state="failed"} 1',
      'node_md_disks{device="md2",state="spare"} 0',
      'node_md_disks_required{device="md2"} 3',
      'node_md_blocks{device="md2"} 2929890816',
      'node_md_blocks_synced{device="md2"} 124776552',
      'node_md_degraded{device="md2"} 1',
      'node_md_raid_disks{device="md2"} 3',
    ]);
  });

  it('counts nothing as synced that waits for its turn', () => {
    expect(of(/blocks_synced\{device="md0"/)).toEqual(['node_md_blocks_synced{device="md0"} 0']);
  });

  it('does not say how many disks an array wants that is not running', () => {
    expect(of(/device="md_d5".*(?:required|active)/)).toEqual([
      'node_md_state{device="md_d5",state="active"} 0',
      'node_md_state{device="md_d5",state="inactive"} 1',
      'node_md_disks{device="md_d5",state="active"} 0',
    ]);
    expect(of(/disks_required\{device="md_d5"/)).toEqual([]);
  });

  it('tells the arrays as RAID volumes too', () => {
    expect(of(/^pgfleet_raid_volume_(?:state|task).*volume="md2".* 1$/)).toEqual([
      'pgfleet_raid_volume_state{controller="md",volume="md2",state="rebuilding"} 1',
      'pgfleet_raid_volume_task{controller="md",volume="md2",task="rebuild"} 1',
    ]);
    expect(of(/^pgfleet_raid_volume_state.*state="failed"} 1$/)).toEqual([
      'pgfleet_raid_volume_state{controller="md",volume="md3",state="failed"} 1',
    ]);
    expect(of(/^pgfleet_raid_drive_state.*state="failed"} 1$/)).toEqual([
      'pgfleet_raid_drive_state{controller="md",drive="md2/sdb2",state="failed"} 1',
      'pgfleet_raid_drive_state{controller="md",drive="md3/sdg1",state="failed"} 1',
    ]);
    expect(of(/volume="md127"/)).toEqual([]);
  });

  it('knows the member that is being rebuilt from /sys, and does not guess without', () => {
    expect(of(/^pgfleet_raid_drive_state.*drive="(?:md2|md0\/cciss).* 1$/)).toEqual([
      'pgfleet_raid_drive_state{controller="md",drive="md2/sdd2",state="rebuilding"} 1',
      'pgfleet_raid_drive_state{controller="md",drive="md2/sdb2",state="failed"} 1',
      'pgfleet_raid_drive_state{controller="md",drive="md2/sda2",state="ok"} 1',
      'pgfleet_raid_drive_state{controller="md",drive="md0/cciss/c0d0p3",state="ok"} 1',
      'pgfleet_raid_drive_state{controller="md",drive="md0/cciss/c0d1p3",state="ok"} 1',
    ]);
  });

  it('reads what only /sys knows', () => {
    expect(of(/mismatch|raid_disks\{device="md4|degraded\{device="md4/)).toEqual([
      'pgfleet_raid_md_mismatch_sectors{device="md2"} 128',
      'node_md_raid_disks{device="md4"} 5',
    ]);
  });

  it('has nothing to say where there is no array', () => {
    expect(collect(collector, { mdstat: 'Personalities :\nunused devices: <none>\n' })).toEqual([]);
    expect(collect(collector, {})).toEqual([]);
  });
});

const golden = new URL('../../../../shared/fixtures/proc-sys/node_exporter-fixtures/', import.meta.url);
if (!existsSync(golden)) notice('md against node_exporter', 'no recorded files beside the repository');

describe.skipIf(!existsSync(golden))("md of node_exporter's recorded machine", () => {
  it('has the values node_exporter has, but for arrays that do not run', () => {
    const read = (path: string) => readFileSync(new URL(path, golden), 'utf8');
    const expected = read('e2e-output.txt')
      .split('\n')
      .filter((line) => /^node_md_(?!degraded|raid_disks)/.test(line));

    const ours = collect(collector, { mdstat: read('proc/mdstat') }).filter((line) =>
      line.startsWith('node_md'),
    );

    const value = (line: string) => Number(line.slice(line.lastIndexOf(' ')));
    const parsed = (all: readonly string[]) =>
      new Map(all.map((line) => [line.slice(0, line.lastIndexOf(' ')), value(line)]));
    const theirs = parsed(expected);
    const mine = parsed(ours);
    const differing = [...new Set([...theirs.keys(), ...mine.keys()])].filter(
      (key) => theirs.get(key) !== mine.get(key),
    );
    // node_exporter says 0 where the kernel says [2/2] of an inactive array, and where it says nothing.
    expect(differing).toEqual([
      'node_md_disks_required{device="md219"}',
      'node_md_disks_required{device="md4"}',
    ]);
    expect(mine.get('node_md_disks_required{device="md4"}')).toBe(2);
    expect(mine.has('node_md_disks_required{device="md219"}')).toBe(false);
  });
});
