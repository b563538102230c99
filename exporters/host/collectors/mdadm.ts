/**
 * Source: /proc/mdstat, /sys/block/mdN/md/{degraded,raid_disks,mismatch_cnt,dev-X/state},
 *         https://docs.kernel.org/admin-guide/md.html
 * Shape:  "md2 : active raid5 sdc2[2] sdb2[1](F) sda2[0]", then "2929890816 blocks super 1.2 level 5, 512k
 *         chunk, algorithm 2 [3/2] [U_U]", then "[=>..]  recovery =  8.5% (124776552/1464945408) finish=86.5min"
 * Units:  blocks of 1 KiB, as node_exporter has them; bytes in our own series; percent -> ratio
 * Needs:  nothing   Cost: one file, and three small ones for each array
 * Absent when: the kernel has no md. An array that is not running prints no wanted number of disks, where
 *         node_exporter says 0
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { type MdArray, mdController, parseMdstat } from '../formats/mdstat.ts';
import { contentOf, type HostCollector, kernelNumber, type Tree, treeOf } from '../host-collector.ts';
import { DRIVE_METRICS, driveSamples, VOLUME_METRICS, volumeSamples } from '../raid-metrics.ts';

const state = gauge('node_md_state', 'Whether the array is in this state.', ['device', 'state']);
const disks = gauge('node_md_disks', 'Disks of the array that are active, failed or spare.', [
  'device',
  'state',
]);
const required = gauge('node_md_disks_required', 'Disks the array is built for.', ['device']);
const blocks = gauge('node_md_blocks', 'Size of the array in blocks of 1 KiB.', ['device']);
const synced = gauge('node_md_blocks_synced', 'Blocks that are in sync.', ['device']);
const raidDisks = gauge('node_md_raid_disks', 'Disks of the array that hold data.', ['device']);
const degraded = gauge('node_md_degraded', 'Disks that the array lacks.', ['device']);
const mismatches = gauge('pgfleet_raid_md_mismatch_sectors', 'Sectors that the last check found to differ.', [
  'device',
]);

export const collector = {
  name: 'mdadm',
  help: 'Arrays of the kernel: state, disks that failed, how far a rebuild is.',
  metrics: [
    state,
    disks,
    required,
    blocks,
    synced,
    raidDisks,
    degraded,
    mismatches,
    ...VOLUME_METRICS,
    ...DRIVE_METRICS,
  ],
  sections: ['mdstat', 'md'],
  tier: 'fast',
  *samples({ section }) {
    const arrays = parseMdstat(contentOf(section('mdstat')) ?? '');
    for (const array of arrays) yield* arraySamples(array);
    const tree = treeOf(contentOf(section('md')) ?? '');
    const controller = mdController(arrays, memberStates(tree));
    if (controller !== undefined) {
      yield* volumeSamples(controller);
      yield* driveSamples(controller);
    }
    yield* treeSamples(tree);
  },
} satisfies HostCollector;

/** What node_exporter calls the activities; a reshape is none of them. */
const STATES = ['active', 'inactive', 'recovering', 'resync', 'check'] as const;
const SYNC_STATES = { recovery: 'recovering', resync: 'resync', check: 'check', reshape: undefined } as const;

function* arraySamples(array: MdArray): Generator<Sample> {
  const { device, sync, members, upDisks, raidDisks: total } = array;
  const current = !array.active ? 'inactive' : sync === undefined ? 'active' : SYNC_STATES[sync.kind];
  for (const one of STATES) yield state({ device, state: one }, Number(one === current));
  const failed = members.filter((member) => member.faulty).length;
  const spare = members.filter((member) => member.spare && !member.faulty).length;
  // Levels without redundancy print no counts: all that is there must work.
  const working = members.length - failed - spare;
  yield disks({ device, state: 'active' }, array.active ? (upDisks ?? working) : 0);
  yield disks({ device, state: 'failed' }, failed);
  yield disks({ device, state: 'spare' }, spare);
  yield required({ device }, total ?? (array.active ? working : undefined));
  yield blocks({ device }, array.blocks);
  yield synced({ device }, sync === undefined ? array.blocks : sync.waiting ? 0 : sync.doneBlocks);
}

/** Words of dev-X/state by "mdN/X"; a slash in the name of a device is a ! there. */
function memberStates(tree: Tree): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  for (const [path, [line = '']] of tree) {
    const found = /^\/sys\/block\/(?<array>[^/]+)\/md\/dev-(?<member>[^/]+)\/state$/.exec(path)?.groups;
    if (found !== undefined) states.set(`${found['array']}/${found['member']?.replaceAll('!', '/')}`, line);
  }
  return states;
}

function* treeSamples(tree: Tree): Generator<Sample> {
  const families = { raid_disks: raidDisks, degraded, mismatch_cnt: mismatches } as const;
  for (const [path, [line]] of tree) {
    const found = /^\/sys\/block\/(?<device>[^/]+)\/md\/(?<file>raid_disks|degraded|mismatch_cnt)$/.exec(
      path,
    )?.groups;
    if (found === undefined) continue;
    const family = families[found['file'] as keyof typeof families]; // the pattern lets only these through
    // "5 (4)" while the number of disks is being changed.
    yield family({ device: found['device'] ?? '' }, kernelNumber(line?.split(' ')[0]));
  }
}
