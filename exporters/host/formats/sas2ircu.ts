import {
  type Drive,
  type DriveRole,
  type DriveState,
  defined,
  mergeDrives,
  mergeReports,
  mergeVolumes,
  type RaidController,
  type RaidReport,
  type Volume,
  type VolumeState,
} from './raid.ts';
import {
  bytesOf,
  countOf,
  Fields,
  levelOf,
  linesOf,
  mediumOf,
  pairOf,
  progressOf,
  protocolOf,
  taskKindOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/** sas2ircu and sas3ircu, `n DISPLAY` and `n STATUS`: LSI controllers with IR or IT firmware. */
export function parseSas2ircu(text: string): RaidReport {
  const found: Found[] = [];
  const errors: string[] = [];
  let open: Fields | undefined;
  for (const line of linesOf(text)) {
    const complaint = /^SAS\dIRCU: (?<words>.*(?:error|not found|no controller|permission).*)$/i.exec(line);
    if (complaint?.groups !== undefined) errors.push(complaint.groups['words'] ?? '');
    const controller = /(?:initiated|status) for controller (?<id>\d{1,3})\b/i.exec(line)?.groups?.['id'];
    if (controller !== undefined) found.push(newFound(controller));
    const last = () => found.at(-1) ?? push(found, newFound('0'));
    const volume = /^IR volume (?<id>\d{1,4})\s*$/i.exec(line)?.groups?.['id'];
    if (/^Controller information/i.test(line)) open = last().controller;
    else if (/^(?:IR Volume|Physical device|Enclosure) information/i.test(line)) open = undefined;
    else if (volume !== undefined) open = push(last().volumes, { id: volume, fields: new Fields() }).fields;
    else if (/^Device is an? /i.test(line)) {
      open = push(last().devices, { type: line, fields: new Fields() }).fields;
    } else {
      const pair = pairOf(line);
      if (pair !== undefined) open?.add(pair.key, pair.value);
    }
  }
  return mergeReports([{ controllers: found.map(controllerOf), errors }]);
}

interface Found {
  readonly id: string;
  readonly controller: Fields;
  readonly volumes: { readonly id: string; readonly fields: Fields }[];
  readonly devices: { readonly type: string; readonly fields: Fields }[];
}

function newFound(id: string): Found {
  return { id, controller: new Fields(), volumes: [], devices: [] };
}

function push<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}

function controllerOf({ id, controller, volumes, devices }: Found): RaidController {
  const groups = new Map<string, string>();
  for (const volume of volumes) {
    for (const place of membersOf(volume.fields)) groups.set(place, volume.id);
  }
  return {
    tool: 'sas2ircu',
    id,
    ...defined({
      model: textOf(controller.get('Controller type')),
      firmware: textOf(controller.get('Firmware version')),
    }),
    batteries: [],
    volumes: mergeVolumes(volumes.map(volumeOf)),
    drives: mergeDrives(devices.flatMap((device) => driveOf(device, groups))),
  };
}

/** "PHY[0] Enclosure#/Slot# : 1:0"; a member that is gone has no place. */
function membersOf(fields: Fields): string[] {
  const places: string[] = [];
  for (const key of fields.keys()) {
    const place = /^phy\[\d+\] enclosure#\/slot#$/.test(key) ? fields.get(key) : undefined;
    if (place !== undefined && /^\d{1,5}:\d{1,5}$/.test(place)) places.push(place);
  }
  return places;
}

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState])[] = [
  [/^(?:okay|optimal|online)/i, 'ok'],
  [/^(?:rebuild|resync|synchron)/i, 'rebuilding'],
  [/^degraded/i, 'degraded'],
  [/^initializ/i, 'initializing'],
  [/^(?:failed|missing)/i, 'failed'],
  [/^inactive/i, 'inactive'],
];

function volumeOf({ id, fields }: { id: string; fields: Fields }): Volume {
  const given = textOf(fields.get('Status of volume', 'Volume state'));
  const running = textOf(fields.get('Current operation'));
  const places = [...fields.keys()].filter((key) => key.startsWith('phy[')).length;
  const percent = fields.get('Percentage complete');
  return {
    id,
    group: id,
    ...defined({
      name: textOf(fields.get('Volume Name')),
      level: levelOf(fields.get('RAID level')),
      state: given === undefined ? undefined : (wordOf(given, VOLUME_WORDS) ?? 'other'),
      sizeBytes: bytesOf(`${fields.get('Size (in MB)') ?? ''} MB`),
      drivesExpected: places || undefined,
    }),
    tasks:
      running === undefined ? [] : [{ kind: taskKindOf(running), progressRatio: progressOf(percent ?? '') }],
  };
}

const DRIVE_WORDS: readonly (readonly [RegExp, DriveState, DriveRole | undefined])[] = [
  [/^(?:optimal|online)/i, 'ok', 'data'],
  [/^(?:ready|available)/i, 'ok', 'unassigned'],
  [/^(?:global |dedicated )?hot spare/i, 'ok', 'spare'],
  [/^(?:rebuild|out of sync|initializ)/i, 'rebuilding', 'data'],
  [/^(?:failed|degraded)/i, 'failed', undefined],
  [/^missing/i, 'missing', undefined],
  [/^(?:offline|standby)/i, 'offline', undefined],
];

function driveOf(
  { type, fields }: { type: string; fields: Fields },
  groups: ReadonlyMap<string, string>,
): Drive[] {
  if (!/hard ?disk|solid|ssd/i.test(type)) return [];
  const [enclosure, slot] = [countOf(fields.get('Enclosure #')), countOf(fields.get('Slot #'))];
  if (enclosure === undefined || slot === undefined) return [];
  const id = `${enclosure}:${slot}`;
  const given = textOf(fields.get('State'));
  const word = DRIVE_WORDS.find(([pattern]) => pattern.test(given ?? ''));
  const group = groups.get(id);
  return [
    {
      id,
      role: word?.[2] ?? (group === undefined ? undefined : 'data'),
      state: given === undefined ? undefined : (word?.[1] ?? 'other'),
      model: textOf(fields.get('Model Number')),
      serial: textOf(fields.get('Serial No', 'Unit Serial No(VPD)')),
      firmware: textOf(fields.get('Firmware Revision')),
      sizeBytes: bytesOf(`${fields.get('Size (in MB)/(in sectors)')?.split('/')[0] ?? ''} MB`),
      protocol: protocolOf(fields.get('Protocol')),
      medium: mediumOf(fields.get('Drive Type')),
      group,
    },
  ];
}
