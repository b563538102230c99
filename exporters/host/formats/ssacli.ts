import {
  type Battery,
  type BatteryState,
  type CachePolicy,
  type CacheState,
  type ControllerState,
  type Drive,
  type DriveRole,
  type DriveState,
  defined,
  mergeDrives,
  mergeReports,
  mergeVolumes,
  type RaidController,
  type RaidReport,
  type Task,
  type Volume,
  type VolumeState,
} from './raid.ts';
import {
  booleanOf,
  bytesOf,
  countOf,
  driveModelOf,
  Fields,
  leadingNumber,
  levelOf,
  mediumOf,
  type Node,
  outlineOf,
  pairOf,
  progressOf,
  protocolOf,
  ratioOf,
  taskKindOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/**
 * ssacli, hpssacli and hpacucli: `ctrl all show [status | detail | config [detail]]` and
 * `ctrl slot=N ld|pd all show [status | detail]`. The indentation tells what belongs to what;
 * an object is one line with its facts in parentheses, or a heading with "Key: value" lines below.
 */
export function parseSsacli(text: string): RaidReport {
  const outline = outlineOf(text);
  const errors = outline.map((node) => node.text).filter((line) => /^Error:/i.test(line));
  return mergeReports([{ controllers: outline.flatMap(controllerOf), errors }]);
}

const CONTROLLER = /^(?<model>\S.*?) in Slot (?<slot>[^\s(]{1,20})(?<rest>.*)$/;

function controllerOf(node: Node): RaidController[] {
  const found = CONTROLLER.exec(node.text)?.groups;
  if (found === undefined) return [];
  const fields = fieldsOf(node);
  const objects: Objects = { volumes: [], drives: [] };
  for (const child of node.children) gather(child, {}, objects);
  const cacheState = cacheStateOf(fields.get('Cache Status'));
  const serial = /\(sn: ?(?<serial>[^)]*)\)/i.exec(found['rest'] ?? '')?.groups?.['serial'];
  return [
    {
      tool: 'ssacli',
      id: found['slot'] ?? '',
      ...defined({
        model: textOf(found['model']),
        serial: textOf(fields.get('Serial Number') ?? serial),
        firmware: textOf(fields.get('Firmware Version')),
        state: stateFrom(fields.get('Controller Status'), CONTROLLER_WORDS),
        temperatureCelsius: countOf(fields.get('Controller Temperature (C)')),
        memoryBytes: cacheSize(fields.get('Total Cache Size')),
        cacheState,
      }),
      batteries: batteryOf(fields),
      volumes: mergeVolumes(objects.volumes.map((volume) => withCache(volume, fields, cacheState))),
      drives: mergeDrives(objects.drives),
    },
  ];
}

const CONTROLLER_WORDS: readonly (readonly [RegExp, ControllerState])[] = [
  [/^ok\b/i, 'ok'],
  [/^(?:degraded|caution|warning)/i, 'degraded'],
  [/^(?:failed|locked up|error|general failure)/i, 'failed'],
];

/** Lines below a node that are pairs and have nothing below them. */
function fieldsOf(node: Node): Fields {
  const fields = new Fields();
  for (const { text, children } of node.children) {
    const pair = children.length === 0 ? pairOf(text) : undefined;
    if (pair !== undefined) fields.add(pair.key, pair.value);
  }
  return fields;
}

function stateFrom<T extends string>(
  given: string | undefined,
  words: readonly (readonly [RegExp, T])[],
): T | 'other' | undefined {
  const text = textOf(given);
  return text === undefined ? undefined : (wordOf(text, words) ?? 'other');
}

/** Newer versions print gigabytes without a unit: "4.0". */
function cacheSize(value: string | undefined): number | undefined {
  return bytesOf(value) ?? bytesOf(/^\d{1,3}\.\d$/.test(value ?? '') ? `${value} GB` : undefined);
}

const CACHE_WORDS: readonly (readonly [RegExp, CacheState])[] = [
  [/^ok\b/i, 'ok'],
  [/^temporar/i, 'temporarily_disabled'],
  [/^(?:permanent|disabled|failed)/i, 'permanently_disabled'],
  [/^not configured/i, 'not_configured'],
];

function cacheStateOf(given: string | undefined): CacheState | undefined {
  return stateFrom(given, CACHE_WORDS);
}

const BATTERY_WORDS: readonly (readonly [RegExp, BatteryState])[] = [
  [/^ok\b/i, 'ok'],
  [/replace/i, 'replace'],
  [/charging/i, 'charging'],
  [/^(?:failed|error)/i, 'failed'],
  [/^(?:missing|not present|removed|disconnected)/i, 'missing'],
  [/^not installed/i, 'not_installed'],
  [/^degraded/i, 'degraded'],
];

function batteryOf(fields: Fields): Battery[] {
  const state = stateFrom(fields.get('Battery/Capacitor Status'), BATTERY_WORDS);
  if (state === undefined) {
    return countOf(fields.get('Battery/Capacitor Count')) === 0 ? [{ state: 'not_installed' }] : [];
  }
  const source = fields.get('Cache Backup Power Source') ?? '';
  return [
    defined<Battery>({
      kind: /capacitor/i.test(source) ? 'capacitor' : /batter/i.test(source) ? 'battery' : undefined,
      state,
      replacementRequired: state === 'replace' ? true : undefined,
      temperatureCelsius: countOf(fields.get('Capacitor Temperature (C)', 'Battery Temperature (C)')),
    }),
  ];
}

// ---- logical and physical drives ------------------------------------------------------------------

interface Objects {
  readonly volumes: VolumeFound[];
  readonly drives: Drive[];
}

interface VolumeFound {
  readonly volume: Volume;
  readonly fields: Fields;
}

/** What the headings above a drive say about it. */
interface Place {
  readonly group?: string;
  readonly role?: DriveRole;
}

const ARRAY = /^array:?\s+(?<name>[^\s:(]{1,8})/i;
const VOLUME = /^(?:logicaldrive|logical drive:)\s*(?<id>\d{1,4})\b(?<rest>.*)$/i;
const DRIVE = /^physicaldrive (?<id>[^\s(]{1,40})(?<rest>.*)$/i;

function gather(node: Node, place: Place, into: Objects): void {
  let below = place;
  const array = ARRAY.exec(node.text)?.groups?.['name'];
  if (array !== undefined) below = { group: array };
  if (/^unassigned\b/i.test(node.text)) below = { role: 'unassigned' };
  if (/^HBA (?:mode )?drives/i.test(node.text)) below = { role: 'passthrough' };
  const volume = VOLUME.exec(node.text)?.groups;
  if (volume !== undefined)
    into.volumes.push(volumeOf(volume['id'] ?? '', volume['rest'] ?? '', node, place));
  const drive = DRIVE.exec(node.text)?.groups;
  if (drive !== undefined) into.drives.push(driveOf(drive['id'] ?? '', drive['rest'] ?? '', node, place));
  for (const child of node.children) gather(child, below, into);
}

/** "(93.1 GB, RAID 1, Recovering, 29% complete)" and "(93.1 GB, RAID 1): OK" as their facts in order. */
function factsOf(rest: string): string[] {
  const open = rest.indexOf('(');
  const close = rest.lastIndexOf(')');
  const inside = open === -1 ? '' : rest.slice(open + 1, close > open ? close : undefined);
  const behind = close === -1 ? '' : rest.slice(close + 1).replace(/^\s*:/, '');
  return [...inside.split(','), behind].map((fact) => fact.trim()).filter((fact) => fact !== '');
}

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState])[] = [
  [/^ok\b/i, 'ok'],
  [/^(?:recovering|rebuilding)/i, 'rebuilding'],
  [/^(?:interim recovery|ready for rebuild|waiting (?:for|to) rebuild|degraded)/i, 'degraded'],
  [/^(?:transforming|expanding|expansion|migrating|queued for|ready for (?:expan|transform))/i, 'migrating'],
  [/^(?:.*initializ|background parity|erase)/i, 'initializing'],
  [/^(?:failed|missing|wrong|overheat)/i, 'failed'],
  [/^(?:not configured|disabled|offline|not available|unavailable)/i, 'inactive'],
];

function volumeOf(id: string, rest: string, node: Node, place: Place): VolumeFound {
  const fields = fieldsOf(node);
  const [size, level, ...words] = factsOf(rest);
  const status = textOf(fields.get('Status') ?? words.join(', '));
  const state = stateFrom(status, VOLUME_WORDS);
  const errors = textOf(fields.get('Unrecoverable Media Errors'));
  return {
    fields,
    volume: {
      id,
      ...defined({
        group: place.group,
        // Two pairs may share a line: "/dev/sda          Mount Points: None".
        device: /^\/dev\/[^\s,]+/.exec(fields.get('Disk Name') ?? '')?.[0],
        level: levelOf(fields.get('Fault Tolerance')?.replace(/^RAID\s*/i, '') ?? level),
        state,
        sizeBytes: bytesOf(fields.get('Size') ?? size),
        badBlocks: fields.get('Unrecoverable Media Errors') === undefined ? undefined : errors !== undefined,
      }),
      tasks: tasksOf(status, fields),
    },
  };
}

function tasksOf(status: string | undefined, fields: Fields): Task[] {
  const tasks: Task[] = [];
  const progress = status === undefined ? undefined : progressOf(status);
  if (status !== undefined && progress !== undefined) {
    tasks.push({ kind: taskKindOf(status), progressRatio: progress });
  }
  if (/in progress/i.test(fields.get('Parity Initialization Status') ?? '')) {
    tasks.push({ kind: 'initialize', progressRatio: ratioOf(fields.get('Parity Initialization Progress')) });
  }
  return tasks;
}

/** The controller's cache has one state for all volumes, each of which may use it or not. */
function withCache(
  { volume, fields }: VolumeFound,
  controller: Fields,
  cacheState: CacheState | undefined,
): Volume {
  const caching = booleanOf(fields.get('Caching', 'Array Accelerator'));
  if (caching === undefined) return volume;
  const ratio = controller.get('Cache Ratio', 'Accelerator Ratio') ?? '';
  const writes = caching && !/\b0% write/i.test(ratio);
  const disabled = cacheState === 'temporarily_disabled' || cacheState === 'permanently_disabled';
  const current = !writes || disabled ? 'write_through' : cacheState === 'ok' ? 'write_back' : undefined;
  const driveCache = controller.get('Drive Write Cache', 'Configured Drive Write Cache Policy');
  const cache = defined<CachePolicy>({
    writeDefault: writes ? 'write_back' : 'write_through',
    writeCurrent: current,
    writeBackUnprotected: booleanOf(controller.get('No-Battery Write Cache')),
    driveCache: driveCacheOf(driveCache),
  });
  return { ...volume, cache };
}

function driveCacheOf(value: string | undefined): CachePolicy['driveCache'] {
  if (/default|unchanged/i.test(value ?? '')) return 'default';
  const on = booleanOf(value);
  return on === undefined ? undefined : on ? 'enabled' : 'disabled';
}

const DRIVE_WORDS: readonly (readonly [RegExp, DriveState])[] = [
  [/^ok\b/i, 'ok'],
  [/^predictive/i, 'predictive_failure'],
  [/^(?:rebuilding|recovering|queued for rebuild)/i, 'rebuilding'],
  [/^failed/i, 'failed'],
  [/^missing/i, 'missing'],
  [/^(?:offline|waiting for rebuild|ready for rebuild)/i, 'offline'],
];

function driveOf(id: string, rest: string, node: Node, place: Place): Drive {
  const fields = fieldsOf(node);
  const facts = factsOf(rest);
  const at = facts.findIndex((fact) => /^[\d.?]+ ?[KMGTP]i?B$/i.test(fact));
  const type = fields.get('Interface Type') ?? (at > 1 ? facts[at - 1] : undefined);
  const status = fields.get('Status') ?? (at === -1 ? undefined : facts[at + 1]);
  const state = stateFrom(status, DRIVE_WORDS);
  const hours = countOf(fields.get('Power On Hours'));
  const worn = booleanOf(fields.get('SSD Smart Trip Wearout')) === true;
  const firmwareSays = worn || state === 'predictive_failure' ? true : state === 'ok' ? false : undefined;
  return {
    id,
    role: roleOf(fields.get('Drive Type'), at === -1 ? [] : facts.slice(at + 2), place),
    state,
    model: driveModelOf(fields.get('Model')),
    serial: textOf(fields.get('Serial Number')),
    firmware: textOf(fields.get('Firmware Revision')),
    sizeBytes: bytesOf(fields.get('Size') ?? facts[at], 1000),
    protocol: protocolOf(type),
    medium: mediumOf(type) ?? (leadingNumber(fields.get('Rotational Speed')) ? 'hdd' : undefined),
    group: place.group,
    temperatureCelsius: countOf(fields.get('Current Temperature (C)')) || undefined,
    predictiveFailure: firmwareSays,
    powerOnSeconds: hours === undefined ? undefined : hours * 3600,
    lifeRemainingRatio: ratioOf(fields.get('Usage remaining')),
    task: state === 'rebuilding' ? { kind: 'rebuild', progressRatio: progressOf(status ?? '') } : undefined,
  };
}

function roleOf(type: string | undefined, extra: readonly string[], place: Place): DriveRole | undefined {
  const word = type ?? extra.join(' ');
  if (/spare/i.test(word)) return 'spare';
  if (/unassigned/i.test(word)) return 'unassigned';
  if (/\bHBA\b|raw/i.test(word)) return 'passthrough';
  if (/data|parity/i.test(word)) return 'data';
  return place.role ?? (place.group === undefined ? undefined : 'data');
}
