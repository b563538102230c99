import {
  type Drive,
  type DriveRole,
  type DriveState,
  defined,
  mergeDrives,
  mergeReports,
  type RaidController,
  type RaidReport,
  type Task,
  type Volume,
  type VolumeState,
} from './raid.ts';
import {
  bytesOf,
  celsiusOf,
  countOf,
  driveModelOf,
  Fields,
  isRule,
  levelOf,
  linesOf,
  pairOf,
  progressOf,
  protocolOf,
  ratioOf,
  taskKindOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/**
 * Areca cli64: `sys info`, `hw info`, `disk info [drv=N]`, `rsf info`, `vsf info` of one controller,
 * one after the other or each for itself. The output does not name the controller: `id` does.
 */
export function parseAreca(text: string, id = '1'): RaidReport {
  const found: Found = { fields: new Fields(), volumes: [], drives: [], seen: false };
  const errors: string[] = [];
  let table: Table | undefined;
  let details: Fields | undefined;
  for (const line of linesOf(text)) {
    const complaint = /^GuiErrMsg<0x(?!00>)[0-9a-f]+>: (?<words>.*)$/i.exec(line)?.groups?.['words'];
    if (complaint !== undefined) errors.push(complaint);
    if (
      /^(?:Drive Information|The (?:System|Hardware Monitor|Raid ?Set|Volume ?Set) Information)/i.test(line)
    ) {
      found.seen = true;
    }
    if (/^GuiErrMsg/i.test(line) || /^The .* Information/i.test(line)) {
      addDetails(details, found);
      [table, details] = [undefined, undefined];
    } else if (/^Drive Information/i.test(line)) details = new Fields();
    else table = tableOf(line) ?? readLine(line, table, details ?? found.fields, found);
  }
  addDetails(details, found);
  if (!found.seen && found.volumes.length === 0 && found.drives.length === 0)
    return { controllers: [], errors };
  return mergeReports([{ controllers: [controllerOf(id, found)], errors }]);
}

interface Found {
  readonly fields: Fields;
  readonly volumes: Volume[];
  readonly drives: Drive[];
  seen: boolean;
}

type Table = 'drives' | 'volumes' | 'sets';

/** The heading of a table; its columns drift between versions, so rows are read by their ends. */
function tableOf(line: string): Table | undefined {
  if (/^\s*#\s.*\bModel ?Name\b.*\bUsage\b/i.test(line)) return 'drives';
  if (/^\s*#\s+Name\s.*\bLevel\b.*\bState\b/i.test(line)) return 'volumes';
  return /^\s*#\s+Name\s.*\bDisks\b.*\bState\b/i.test(line) ? 'sets' : undefined;
}

function readLine(line: string, table: Table | undefined, fields: Fields, found: Found): Table | undefined {
  if (isRule(line)) return table;
  if (table === 'drives') found.drives.push(...driveRow(line));
  else if (table === 'volumes') found.volumes.push(...volumeRow(line));
  else {
    const pair = table === undefined ? pairOf(line) : undefined;
    if (pair !== undefined) fields.add(pair.key, pair.value);
  }
  return table;
}

function controllerOf(id: string, { fields, volumes, drives }: Found): RaidController {
  const charge = ratioOf(fields.get('Battery Status'));
  const battery = textOf(fields.get('Battery Status'));
  return {
    tool: 'areca',
    id,
    ...defined({
      model: textOf(fields.get('Controller Name')),
      serial: textOf(fields.get('Serial Number')),
      firmware: textOf(fields.get('Firmware Version')),
      temperatureCelsius: celsiusOf(fields.get('Controller Temp.')),
      memoryBytes: bytesOf(fields.get('System Memory')),
    }),
    batteries:
      battery === undefined
        ? []
        : charge === undefined
          ? [{ kind: 'battery', state: /not installed/i.test(battery) ? 'not_installed' : 'other' }]
          : [{ kind: 'battery', chargeRatio: charge }],
    volumes,
    drives: mergeDrives(drives),
  };
}

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState])[] = [
  [/^normal/i, 'ok'],
  [/^checking/i, 'ok'],
  [/^(?:rebuilding|need ?rebuild)/i, 'rebuilding'],
  [/^degraded/i, 'degraded'],
  [/^(?:migrating|expanding)/i, 'migrating'],
  [/^(?:need init|initializ)/i, 'initializing'],
  [/^(?:failed|incomplete)/i, 'failed'],
];

/** "  1 ARC-1222-VOL#000 Raid Set # 000  Raid6   6000.0GB 00/00/00   Rebuilding(12.3%)" */
function volumeRow(line: string): Volume[] {
  const found =
    /^\s*(?<id>\d{1,3}) (?<names>.*?)\s(?<level>Raid\S{1,8})\s+(?<size>\d[\d.]*[KMGT]B)\s+(?<place>\S*\/\S*)\s+(?<state>\S.*)$/i.exec(
      line,
    )?.groups;
  if (found === undefined) return [];
  const state = found['state'] ?? '';
  const progress = progressOf(state);
  const tasks: Task[] = progress === undefined ? [] : [{ kind: taskKindOf(state), progressRatio: progress }];
  return [
    {
      id: found['id'] ?? '',
      ...defined({
        name: textOf(found['names']?.split(/\s{2,}|\sRaid Set\b/i)[0]),
        level: levelOf(found['level']),
        state: wordOf(state, VOLUME_WORDS) ?? ('other' as const),
        sizeBytes: bytesOf(found['size'], 1000),
      }),
      tasks,
    },
  ];
}

const USAGES: readonly (readonly [RegExp, readonly [DriveState, DriveRole | undefined]])[] = [
  [/hot ?spare/i, ['ok', 'spare']],
  [/^free$/i, ['ok', 'unassigned']],
  [/^(?:jbod|pass)/i, ['ok', 'passthrough']],
  [/^failed|^fail\b/i, ['failed', undefined]],
];

/** "  1  01  Slot#1  WDC WD2002FYPS-02W3B0    2000.4GB  Raid Set # 000"; empty bays are no drives. */
function driveRow(line: string): Drive[] {
  const found =
    /^\s*(?<id>\d{1,3})\s+(?<place>\d{1,3}(?:\s+Slot ?#?\s?\d{1,3})?)\s+(?<model>\S.*?)\s+(?<size>\d[\d.]*[KMGT]B)\s+(?<usage>\S.*)$/i.exec(
      line,
    )?.groups;
  if (found === undefined || /^N\.A\.$/i.test(found['model'] ?? '')) return [];
  const usage = found['usage'] ?? '';
  const known = wordOf(usage, USAGES);
  return [
    defined<Drive>({
      id: placeOf(found['place'] ?? ''),
      deviceId: countOf(found['id']),
      role: known === undefined ? 'data' : known[1],
      // A member of a set says only to which one it belongs, not how it is.
      state: known?.[0],
      group: known === undefined ? usage : undefined,
      model: driveModelOf(found['model']),
      sizeBytes: bytesOf(found['size'], 1000),
    }),
  ];
}

/** One name for a place in the table and in the details: "Enclosure#1 Slot#8", "channel 3". */
function placeOf(text: string): string {
  const place = /^(?:Enclosure#)?0*(?<enclosure>\d{1,3})\s+Slot ?#?\s?0*(?<slot>\d{1,3})$/i.exec(
    text,
  )?.groups;
  if (place !== undefined) return `Enclosure#${place['enclosure']} Slot#${place['slot']}`;
  return /^\d{1,3}$/.test(text) ? `channel ${Number(text)}` : text;
}

const DRIVE_WORDS: readonly (readonly [RegExp, DriveState])[] = [
  [/^normal/i, 'ok'],
  [/^(?:rebuild)/i, 'rebuilding'],
  [/^(?:failed|fail\b)/i, 'failed'],
  [/^(?:removed|missing)/i, 'missing'],
];

/** `disk info drv=N`; the drive is named by its place, for the output does not repeat the number. */
function addDetails(fields: Fields | undefined, found: Found): void {
  const place = textOf(fields?.get('Device Location', 'IDE Channel'));
  if (fields === undefined || place === undefined) return;
  const state = textOf(fields.get('Device State'));
  found.drives.push(
    defined<Drive>({
      id: placeOf(place),
      state: state === undefined ? undefined : (wordOf(state, DRIVE_WORDS) ?? 'other'),
      model: driveModelOf(fields.get('Model Name')),
      serial: textOf(fields.get('Serial Number')),
      firmware: textOf(fields.get('Firmware Rev.')),
      sizeBytes: bytesOf(fields.get('Disk Capacity'), 1000),
      protocol: protocolOf(fields.get('Device Type')),
      temperatureCelsius: celsiusOf(fields.get('Device Temperature')),
      mediaErrors: countOf(fields.get('Media Error Count')),
      otherErrors: countOf(fields.get('Timeout Count')),
    }),
  );
}
