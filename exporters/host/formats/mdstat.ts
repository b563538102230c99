import {
  type Drive,
  type DriveState,
  mergeDrives,
  type RaidController,
  type Task,
  type TaskKind,
  type Volume,
  type VolumeState,
} from './raid.ts';
import { countOf, durationOf, levelOf, linesOf, ratioOf } from './tool-text.ts';

/** One array of /proc/mdstat; what a line does not say is undefined. */
export interface MdArray {
  /** "md0", "md_d0". */
  readonly device: string;
  readonly active: boolean;
  readonly readOnly: boolean;
  /** The kernel's word, "raid6", "linear"; undefined for arrays that are not started. */
  readonly personality: string | undefined;
  readonly members: readonly MdMember[];
  /** Size in KiB, the kernel's blocks. */
  readonly blocks: number | undefined;
  /** "1.2", "external:imsm". */
  readonly metadata: string | undefined;
  /** Members it is built for and members in sync, "[4/3]". */
  readonly raidDisks: number | undefined;
  readonly upDisks: number | undefined;
  readonly sync: MdSync | undefined;
}

export interface MdMember {
  readonly device: string;
  readonly faulty: boolean;
  readonly spare: boolean;
}

export interface MdSync {
  readonly kind: 'recovery' | 'resync' | 'reshape' | 'check';
  /** Queued behind another array, or waiting for the first write. */
  readonly waiting: boolean;
  readonly doneBlocks: number | undefined;
  readonly progressRatio: number | undefined;
  readonly remainingSeconds: number | undefined;
}

const ARRAY =
  /^(?<device>md\S{0,60}) : (?<activity>active|inactive)(?<modes>(?: ?\((?:auto-read-only|read-only|auto read-only)\))*)(?<rest>.*)$/;
const SIZE = /^\s+(?<blocks>\d{1,18}) blocks\b(?: super (?<metadata>\S+))?/;
const HEALTH = /\[(?<total>\d{1,4})\/(?<up>\d{1,4})\]/;
const SYNC =
  /\b(?<kind>recovery|resync|reshape|check)\s*=\s*(?:(?<word>DELAYED|PENDING|REMOTE)|(?<percent>\d{1,3}(?:\.\d{1,2})?%)(?: \((?<done>\d{1,18})\/\d{1,18}\))?)(?<rest>.*)$/;

/** Any text gives the arrays that it describes; lines that are none are passed over. */
export function parseMdstat(text: string): MdArray[] {
  const arrays: MdArray[] = [];
  let open: MdArray | undefined;
  const close = () => {
    if (open !== undefined) arrays.push(open);
    open = undefined;
  };
  for (const line of linesOf(text)) {
    const head = ARRAY.exec(line)?.groups;
    if (head !== undefined) {
      close();
      open = arrayOf(head);
    } else if (/^\S/.test(line)) close();
    else if (open !== undefined) open = { ...open, ...detailsOf(line) };
  }
  close();
  return arrays;
}

function arrayOf(head: Readonly<Record<string, string | undefined>>): MdArray {
  const words = (head['rest'] ?? '').split(' ').filter((word) => word !== '');
  const named = words[0]?.includes('[') === false ? words[0] : undefined;
  return {
    device: head['device'] ?? '',
    active: head['activity'] === 'active',
    readOnly: head['modes'] !== '',
    personality: named,
    members: words.flatMap(memberOf),
    blocks: undefined,
    metadata: undefined,
    raidDisks: undefined,
    upDisks: undefined,
    sync: undefined,
  };
}

/** "sda1[0]", "sdb1[2](F)", "cciss/c0d0p1[6](W)(S)". */
function memberOf(word: string): MdMember[] {
  const found = /^(?<device>[^\s[\]()]{1,80})\[\d{1,5}\](?<flags>(?:\([A-Z]\))*)$/.exec(word)?.groups;
  if (found === undefined) return [];
  const flags = found['flags'] ?? '';
  return [{ device: found['device'] ?? '', faulty: flags.includes('(F)'), spare: flags.includes('(S)') }];
}

function detailsOf(line: string): Partial<MdArray> {
  const size = SIZE.exec(line)?.groups;
  if (size !== undefined) {
    const health = HEALTH.exec(line)?.groups;
    return {
      blocks: countOf(size['blocks']),
      metadata: size['metadata'],
      raidDisks: countOf(health?.['total']),
      upDisks: countOf(health?.['up']),
    };
  }
  const sync = SYNC.exec(line)?.groups;
  return sync === undefined ? {} : { sync: syncOf(sync) };
}

function syncOf(found: Readonly<Record<string, string | undefined>>): MdSync {
  const finish = /\bfinish=(?<time>\S+)/.exec(found['rest'] ?? '')?.groups?.['time'];
  return {
    kind: found['kind'] as MdSync['kind'], // the pattern lets only these through
    waiting: found['word'] !== undefined,
    doneBlocks: countOf(found['done']),
    progressRatio: ratioOf(found['percent']),
    remainingSeconds: durationOf(finish),
  };
}

// ---- as a RAID controller -------------------------------------------------------------------------

/**
 * The arrays as volumes of one controller; undefined where there are none. `memberStates` is what
 * /sys/block/mdN/md/dev-X/state says by "mdN/X": a member that is being rebuilt looks like any other in
 * /proc/mdstat.
 */
export function mdController(
  arrays: readonly MdArray[],
  memberStates: ReadonlyMap<string, string> = new Map(),
): RaidController | undefined {
  // A container only holds the metadata of the arrays inside it, which are listed themselves.
  const real = arrays.filter((array) => array.active || !array.metadata?.startsWith('external:'));
  if (real.length === 0) return undefined;
  return {
    tool: 'md',
    id: 'md',
    batteries: [],
    volumes: real.map(volumeOf),
    drives: mergeDrives(real.flatMap((array) => drivesOf(array, memberStates))),
  };
}

function volumeOf(array: MdArray): Volume {
  const { device, personality, blocks, raidDisks, upDisks, sync } = array;
  return {
    id: device,
    group: device,
    // "md_d0" and "md0" are /dev names as they are; named arrays are links to one of these.
    device: `/dev/${device}`,
    level: levelOf(personality),
    state: stateOf(array),
    sizeBytes: blocks === undefined ? undefined : blocks * 1024,
    drivesExpected: raidDisks,
    drivesActive: upDisks,
    tasks: sync === undefined ? [] : [taskOf(sync)],
  };
}

function taskOf({ kind, progressRatio, remainingSeconds }: MdSync): Task {
  const kinds: Readonly<Record<MdSync['kind'], TaskKind>> = {
    recovery: 'rebuild',
    resync: 'resync',
    reshape: 'migrate',
    check: 'check',
  };
  return { kind: kinds[kind], progressRatio, remainingSeconds };
}

function stateOf(array: MdArray): VolumeState {
  const { active, raidDisks, upDisks, sync } = array;
  if (!active) return 'inactive';
  const lost = (raidDisks ?? 0) - (upDisks ?? 0);
  if (lost > tolerated(array)) return 'failed';
  if (sync?.kind === 'reshape') return 'migrating';
  if (sync?.kind === 'recovery') return 'rebuilding';
  return lost > 0 ? 'degraded' : 'ok';
}

/** Members that may be lost before data is; in a RAID 10 that depends on which ones. */
function tolerated({ personality, raidDisks = 0 }: MdArray): number {
  switch (personality) {
    case 'raid1':
    case 'raid10':
      return Math.max(raidDisks - 1, 0);
    case 'raid4':
    case 'raid5':
      return 1;
    case 'raid6':
      return 2;
    default:
      return 0;
  }
}

function drivesOf(array: MdArray, memberStates: ReadonlyMap<string, string>): Drive[] {
  return array.members.map((member) => {
    const id = `${array.device}/${member.device}`;
    const state = memberState(array, member, memberStates.get(id));
    return { id, role: member.spare ? 'spare' : 'data', state, group: array.device };
  });
}

function memberState(
  array: MdArray,
  { faulty, spare }: MdMember,
  told: string | undefined,
): DriveState | undefined {
  if (faulty || told?.includes('faulty')) return 'failed';
  if (spare || told?.includes('in_sync')) return 'ok';
  if (told?.includes('spare')) return array.sync?.kind === 'recovery' ? 'rebuilding' : 'ok';
  // More members than work in it: one of them is being rebuilt, and nothing says which.
  const unmarked = array.members.filter((member) => !member.faulty && !member.spare).length;
  return array.upDisks !== undefined && unmarked > array.upDisks ? undefined : 'ok';
}
