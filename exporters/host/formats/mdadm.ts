import type { Drive, DriveRole, DriveState, RaidController, Task, Volume, VolumeState } from './raid.ts';
import { countOf, Fields, levelOf, linesOf, pairOf, progressOf, taskKindOf, textOf } from './tool-text.ts';

/** One array as `mdadm --detail` (also `--query --detail`) prints it. */
export interface MdDetail {
  /** "/dev/md0". */
  readonly device: string;
  readonly personality: string | undefined;
  /** Words of the state: "clean", "degraded", "recovering", "FAILED" in lower case. */
  readonly states: readonly string[];
  readonly sizeKib: number | undefined;
  readonly raidDevices: number | undefined;
  readonly totalDevices: number | undefined;
  readonly activeDevices: number | undefined;
  readonly workingDevices: number | undefined;
  readonly failedDevices: number | undefined;
  readonly spareDevices: number | undefined;
  readonly uuid: string | undefined;
  readonly name: string | undefined;
  readonly metadata: string | undefined;
  readonly tasks: readonly Task[];
  readonly members: readonly MdDetailMember[];
}

export interface MdDetailMember {
  /** Undefined for a place whose device is gone. */
  readonly device: string | undefined;
  /** Its place in the array; undefined for spares and failed ones. */
  readonly place: number | undefined;
  /** "active sync", "spare rebuilding", "faulty", "removed"; empty for arrays that are not started. */
  readonly state: string;
}

/** One member as `mdadm --examine` prints its superblock. */
export interface MdSuperblock {
  readonly device: string;
  readonly personality: string | undefined;
  readonly raidDevices: number | undefined;
  readonly arrayUuid: string | undefined;
  readonly events: number | undefined;
  /** "Active device 0", "spare". */
  readonly role: string | undefined;
  /** A letter for each place: A active, . missing, R replacing. */
  readonly arrayState: string | undefined;
}

export interface MdadmOutput {
  readonly details: readonly MdDetail[];
  readonly superblocks: readonly MdSuperblock[];
  readonly errors: readonly string[];
}

const MEMBER =
  /^\s*(?:\d{1,5}|-)\s+\d{1,5}\s+\d{1,7}\s+(?<place>\d{1,5}|-)\s+(?<state>[a-z][a-z -]*?)?\s*(?<device>\/dev\/\S+)?$/i;

/** Output of --detail and --examine, for one device or many; other lines are passed over. */
export function parseMdadm(text: string): MdadmOutput {
  const found: Found[] = [];
  const errors: string[] = [];
  for (const line of linesOf(text)) {
    if (/^mdadm: /.test(line)) errors.push(line.slice('mdadm: '.length));
    const device = /^(?<device>\/dev\/\S+):$/.exec(line)?.groups?.['device'];
    if (device !== undefined) found.push({ device, fields: new Fields(), members: [] });
    const open = found.at(-1);
    if (device !== undefined || open === undefined) continue;
    const member = MEMBER.exec(line)?.groups;
    const pair = member === undefined ? pairOf(line, ' : ') : undefined;
    if (member !== undefined) open.members.push(memberOf(member));
    else if (pair !== undefined) open.fields.add(pair.key, pair.value);
  }
  return {
    details: found.filter((one) => !isSuperblock(one)).map(detailOf),
    superblocks: found.filter(isSuperblock).map(superblockOf),
    errors,
  };
}

interface Found {
  readonly device: string;
  readonly fields: Fields;
  readonly members: MdDetailMember[];
}

function isSuperblock({ fields }: Found): boolean {
  return fields.get('Magic') !== undefined;
}

function memberOf(found: Readonly<Record<string, string | undefined>>): MdDetailMember {
  return { device: found['device'], place: countOf(found['place']), state: found['state']?.trim() ?? '' };
}

function detailOf({ device, fields, members }: Found): MdDetail {
  const count = (key: string) => countOf(fields.get(key));
  return {
    device,
    personality: textOf(fields.get('Raid Level')),
    states: (fields.get('State') ?? '')
      .toLowerCase()
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
    sizeKib: countOf(/^\d+/.exec(fields.get('Array Size') ?? '')?.[0]),
    raidDevices: count('Raid Devices'),
    totalDevices: count('Total Devices'),
    activeDevices: count('Active Devices'),
    workingDevices: count('Working Devices'),
    failedDevices: count('Failed Devices'),
    spareDevices: count('Spare Devices'),
    uuid: textOf(fields.get('UUID')),
    name: textOf(fields.get('Name')?.replace(/\(local to host .*\)$/, '')),
    metadata: textOf(fields.get('Version')),
    tasks: tasksOf(fields),
    members,
  };
}

/** "Rebuild Status : 12% complete". */
function tasksOf(fields: Fields): Task[] {
  const tasks: Task[] = [];
  for (const kind of ['Rebuild', 'Resync', 'Reshape', 'Check']) {
    const value = fields.get(`${kind} Status`);
    if (value !== undefined) tasks.push({ kind: taskKindOf(kind), progressRatio: progressOf(value) });
  }
  return tasks;
}

function superblockOf({ device, fields }: Found): MdSuperblock {
  const state = fields.get('Array State')?.split(' ')[0];
  return {
    device,
    personality: textOf(fields.get('Raid Level')),
    raidDevices: countOf(fields.get('Raid Devices')),
    arrayUuid: textOf(fields.get('Array UUID', 'UUID')),
    events: countOf(fields.get('Events')),
    role: textOf(fields.get('Device Role')),
    arrayState: state !== undefined && /^[A.R]+$/.test(state) ? state : undefined,
  };
}

// ---- as a RAID controller -------------------------------------------------------------------------

/** The arrays of --detail as volumes of the controller that `mdController` makes of /proc/mdstat. */
export function mdadmController(details: readonly MdDetail[]): RaidController | undefined {
  const arrays = details.filter((detail) => detail.personality !== 'container');
  if (arrays.length === 0) return undefined;
  return {
    tool: 'md',
    id: 'md',
    batteries: [],
    volumes: arrays.map(volumeOf),
    drives: arrays.flatMap(drivesOf),
  };
}

function volumeOf(detail: MdDetail): Volume {
  return {
    id: nameOf(detail.device),
    group: nameOf(detail.device),
    name: detail.name,
    device: detail.device,
    level: levelOf(detail.personality),
    state: stateOf(detail.states),
    sizeBytes: detail.sizeKib === undefined ? undefined : detail.sizeKib * 1024,
    drivesExpected: detail.raidDevices,
    drivesActive: detail.activeDevices,
    tasks: detail.tasks,
  };
}

function nameOf(device: string): string {
  return device.slice(device.lastIndexOf('/') + 1);
}

function stateOf(states: readonly string[]): VolumeState | undefined {
  const has = (...words: string[]) => words.some((word) => states.includes(word));
  if (has('failed', 'broken')) return 'failed';
  if (has('inactive', 'not started')) return 'inactive';
  if (has('reshaping')) return 'migrating';
  if (has('recovering')) return 'rebuilding';
  if (has('degraded')) return 'degraded';
  return has('clean', 'active', 'write-pending', 'active-idle', 'read-auto', 'readonly') ? 'ok' : undefined;
}

function drivesOf({ device, members }: MdDetail): Drive[] {
  const array = nameOf(device);
  return members.flatMap((member) => {
    if (member.state === '') return [];
    const place =
      member.device === undefined ? `place ${member.place ?? '?'}` : member.device.replace('/dev/', '');
    return [{ id: `${array}/${place}`, ...conditionOf(member.state), group: array }];
  });
}

function conditionOf(state: string): { state: DriveState; role: DriveRole } {
  if (/removed|missing/i.test(state)) return { state: 'missing', role: 'data' };
  if (/faulty/i.test(state)) return { state: 'failed', role: 'data' };
  if (/rebuilding/i.test(state)) return { state: 'rebuilding', role: 'data' };
  if (/spare/i.test(state)) return { state: 'ok', role: 'spare' };
  return { state: /active|sync|journal/i.test(state) ? 'ok' : 'other', role: 'data' };
}
