import { firmwareDate } from './dmidecode.ts';
import {
  type CachePolicy,
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
import { lsiBattery, lsiDriveCache, lsiWritePolicy } from './raid-lsi.ts';
import {
  booleanOf,
  bytesOf,
  celsiusOf,
  countOf,
  driveModelOf,
  Fields,
  linesOf,
  mediumOf,
  pairOf,
  progressOf,
  protocolOf,
  taskKindOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/**
 * MegaCli and its renamed copies (MegaCli64, CmdTool2): -AdpAllInfo, -LDInfo, -LDPDInfo, -PDList,
 * -AdpBbuCmd, -CfgDsply, one after the other or each for itself. Some lines open an object, all
 * others are "Key : value" of the one that is open; spacing and order differ between versions.
 */
export function parseMegacli(text: string): RaidReport {
  const reader = new Reader();
  for (const line of linesOf(text)) reader.line(line);
  return reader.report();
}

interface Adapter {
  readonly id: string;
  readonly fields: Fields;
  readonly battery: Fields;
  readonly volumes: FoundVolume[];
  readonly drives: Fields[];
  batteryAbsent: boolean;
}

interface FoundVolume {
  readonly id: string;
  readonly fields: Fields;
  readonly tasks: Task[];
  /** Its drives, where the output lists them below it. */
  readonly members: Fields[];
}

const OPENS_ADAPTER = /^(?:Adapter #|Adapter:? |.*\b(?:for|on) Adapter:? ?)(?<id>\d{1,3})\b/i;
const OPENS_VOLUME = /^(?:CacheCade )?Virtual (?:Drive|Disk)\s*: (?<id>\d{1,4})\b/i;
const OPENS_BATTERY = /^(?:BBU (?:status|capacity info|design info|properties) for adapter|BatteryType)\b/i;
/** Enclosures print temperatures and states of their own, which belong to no drive. */
const OPENS_ENCLOSURE = /^\s*(?:Enclosure \d+:|Number of enclosures\b)/i;
const COMPLAINT =
  /^(?:Adapter \d+: .*\bfailed\b|Invalid input\b|User specified controller is not present|Failed to get\b|ERROR:)/i;

class Reader {
  readonly #adapters = new Map<string, Adapter>();
  readonly #errors: string[] = [];
  #adapter: Adapter | undefined;
  #open: Fields | undefined;
  /** The volume whose lines or drives are being read. */
  #volume: FoundVolume | undefined;

  line(line: string): void {
    if (COMPLAINT.test(line)) this.#errors.push(line.trim());
    const adapter = OPENS_ADAPTER.exec(line)?.groups?.['id'];
    if (adapter !== undefined) this.#openAdapter(adapter);
    const volume = OPENS_VOLUME.exec(line)?.groups?.['id'];
    if (volume !== undefined) {
      this.#openVolume(volume);
      return;
    }
    if (OPENS_BATTERY.test(line)) this.#switchTo(this.#current().battery);
    if (OPENS_ENCLOSURE.test(line)) this.#switchTo(new Fields());
    if (/hardware component is not present/i.test(line)) this.#current().batteryAbsent = true;
    const pair = pairOf(line);
    if (pair === undefined) return;
    if (/^Enclosure Device ID$/i.test(pair.key)) this.#openDrive();
    const task = taskOf(pair.key, pair.value);
    if (task !== undefined && this.#open === this.#volume?.fields) this.#volume?.tasks.push(task);
    // The columns of the inquiry string count, so its blanks stay.
    const value = /^Inquiry Data$/i.test(pair.key) ? line.slice(line.indexOf(':') + 2) : pair.value;
    this.#open?.add(pair.key, value);
  }

  report(): RaidReport {
    const controllers = [...this.#adapters.values()].map(controllerOf);
    return mergeReports([{ controllers, errors: this.#errors }]);
  }

  #openAdapter(id: string): void {
    let adapter = this.#adapters.get(id);
    if (adapter === undefined) {
      adapter = {
        id,
        fields: new Fields(),
        battery: new Fields(),
        volumes: [],
        drives: [],
        batteryAbsent: false,
      };
      this.#adapters.set(id, adapter);
    }
    this.#adapter = adapter;
    this.#switchTo(adapter.fields);
  }

  /** Output of one object alone names no adapter; there it is the first. */
  #current(): Adapter {
    if (this.#adapter === undefined) this.#openAdapter('0');
    return this.#adapter as Adapter;
  }

  #openVolume(id: string): void {
    const volume = { id, fields: new Fields(), tasks: [], members: [] };
    this.#current().volumes.push(volume);
    this.#open = volume.fields;
    this.#volume = volume;
  }

  #openDrive(): void {
    const fields = new Fields();
    this.#current().drives.push(fields);
    this.#volume?.members.push(fields);
    this.#open = fields;
  }

  #switchTo(fields: Fields): void {
    this.#open = fields;
    this.#volume = undefined;
  }
}

/** "Check Consistency : Completed 12%, Taken 35 min." */
function taskOf(key: string, value: string): Task | undefined {
  if (!/^Completed \d/i.test(value)) return undefined;
  return { kind: taskKindOf(key), progressRatio: progressOf(value) };
}

function controllerOf({ id, fields, battery, volumes, drives, batteryAbsent }: Adapter): RaidController {
  const found = lsiBattery(battery);
  const absent = batteryAbsent || /^absent$/i.test(fields.read('BBU', (value) => presence(value)) ?? '');
  return {
    tool: 'megacli',
    id,
    ...defined({
      model: textOf(fields.get('Product Name')),
      serial: textOf(fields.get('Serial No')),
      firmware: textOf(fields.get('FW Package Build', 'FW Version')),
      manufactured: firmwareDate(fields.get('Mfg. Date')),
      temperatureCelsius: celsiusOf(fields.get('ROC temperature', 'Controller temperature')),
      memoryBytes: fields.read('Memory Size', bytesOf),
      memoryCorrectableErrors: countOf(fields.get('Memory Correctable Errors')),
      memoryUncorrectableErrors: countOf(fields.get('Memory Uncorrectable Errors')),
    }),
    batteries: found !== undefined ? [found] : absent ? [{ state: 'not_installed' }] : [],
    volumes: mergeVolumes(volumes.map(volumeOf)),
    drives: mergeDrives(drives.flatMap(driveOf)),
  };
}

function presence(value: string): string | undefined {
  return /^(?:present|absent)$/i.test(value) ? value : undefined;
}

// ---- virtual drives -------------------------------------------------------------------------------

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState])[] = [
  [/^optimal/i, 'ok'],
  [/^(?:partially )?degraded/i, 'degraded'],
  [/^offline|^failed/i, 'failed'],
];

function volumeOf({ id, fields, tasks, members }: FoundVolume): Volume {
  const given = textOf(fields.get('State'));
  return {
    id,
    ...defined({
      name: textOf(fields.get('Name')),
      level: levelOf(fields),
      state: given === undefined ? undefined : (wordOf(given, VOLUME_WORDS) ?? 'other'),
      group: members.map(positionOf).find((group) => group !== undefined),
      sizeBytes: bytesOf(fields.get('Size')),
      drivesExpected: drivesExpected(fields),
      badBlocks: booleanOf(fields.get('Bad Blocks Exist')),
      cache: cacheOf(fields),
    }),
    tasks,
  };
}

/** "Primary-1, Secondary-3, RAID Level Qualifier-0": a second level, or several spans, stripes the first. */
function levelOf(fields: Fields): string | undefined {
  const found = /Primary-(?<one>\d+), Secondary-(?<two>\d+)/i.exec(fields.get('RAID Level') ?? '')?.groups;
  const primary = found?.['one'] ?? '';
  if (!['0', '1', '5', '6'].includes(primary)) return undefined;
  const spans = countOf(fields.get('Span Depth')) ?? 1;
  return `raid${primary}${found?.['two'] === '3' || spans > 1 ? '0' : ''}`;
}

function drivesExpected(fields: Fields): number | undefined {
  const spans = countOf(fields.get('Span Depth')) ?? 1;
  const perSpan = countOf(fields.get('Number Of Drives per span'));
  if (perSpan !== undefined) return perSpan * spans;
  // With several spans, versions differ in what this line counts.
  return spans > 1 ? undefined : countOf(fields.get('Number Of Drives'));
}

function cacheOf(fields: Fields): CachePolicy | undefined {
  const current = fields.get('Current Cache Policy');
  const policy = defined<CachePolicy>({
    writeCurrent: lsiWritePolicy(current),
    writeDefault: lsiWritePolicy(fields.get('Default Cache Policy')),
    writeBackUnprotected: unprotected(current),
    driveCache: lsiDriveCache(fields.get('Disk Cache Policy')),
  });
  return Object.keys(policy).length === 0 ? undefined : policy;
}

function unprotected(value: string | undefined): boolean | undefined {
  if (/No Write Cache if Bad BBU/i.test(value ?? '')) return false;
  return /Write Cache OK if Bad BBU/i.test(value ?? '') ? true : undefined;
}

// ---- physical drives ------------------------------------------------------------------------------

const DRIVE_WORDS: readonly (readonly [RegExp, DriveState, DriveRole | undefined])[] = [
  [/^online/i, 'ok', 'data'],
  [/^(?:dedicated |global )?hot\s?spare/i, 'ok', 'spare'],
  [/^unconfigured\s?\(good\)/i, 'ok', 'unassigned'],
  [/^unconfigured\s?\(bad\)/i, 'failed', 'unassigned'],
  [/^jbod/i, 'ok', 'passthrough'],
  [/^(?:rebuild|copyback)/i, 'rebuilding', 'data'],
  [/^failed/i, 'failed', 'data'],
  [/^offline/i, 'offline', 'data'],
  [/^missing/i, 'missing', undefined],
];

function driveOf(fields: Fields): Drive[] {
  const slot = countOf(fields.get('Slot Number'));
  const deviceId = countOf(fields.get('Device Id'));
  if (slot === undefined && deviceId === undefined) return [];
  const enclosure = countOf(fields.get('Enclosure Device ID')) ?? '';
  const given = textOf(fields.get('Firmware state'));
  const word = DRIVE_WORDS.find(([pattern]) => pattern.test(given ?? ''));
  const state = given === undefined ? undefined : (word?.[1] ?? 'other');
  const foreign = /^foreign/i.test(fields.get('Foreign State') ?? '');
  const protocol = protocolOf(fields.get('PD Type'));
  const position = positionOf(fields);
  return [
    {
      id: slot === undefined ? `device ${deviceId}` : `${enclosure}:${slot}`,
      deviceId,
      role: word?.[2],
      state: foreign && state === 'ok' ? 'foreign' : state,
      ...identityOf(fields.get('Inquiry Data'), protocol),
      ...defined({ firmware: textOf(fields.get('Device Firmware Level')) }),
      sizeBytes: bytesOf(fields.get('Raw Size')) || undefined,
      protocol,
      medium: mediumOf(fields.get('Media Type')),
      group: position,
      temperatureCelsius: temperatureOf(fields.get('Drive Temperature')),
      mediaErrors: countOf(fields.get('Media Error Count')),
      otherErrors: countOf(fields.get('Other Error Count')),
      predictiveFailures: countOf(fields.get('Predictive Failure Count')),
      predictiveFailure: booleanOf(fields.get('Drive has flagged a S.M.A.R.T alert')),
    },
  ];
}

/** "DiskGroup: 0, Span: 0, Arm: 1"; the key was misspelt for years. */
function positionOf(fields: Fields): string | undefined {
  const value = fields.get("Drive's position", "Drive's postion");
  return /DiskGroup: (\d+)/i.exec(value ?? '')?.[1];
}

/** Drives without a sensor are printed as 0C. */
function temperatureOf(value: string | undefined): number | undefined {
  return celsiusOf(value) || undefined;
}

const SHORTEST_SERIAL = 6;

/**
 * SCSI form: vendor 8, model 16, revision 4, then the serial. ATA form: serial 20, model 40,
 * revision 8. Where blanks were lost on the way the columns mean nothing, and all of it is the model.
 */
function identityOf(
  inquiry: string | undefined,
  protocol: Drive['protocol'],
): Pick<Drive, 'model' | 'serial' | 'firmware'> {
  if (inquiry === undefined) return {};
  const cut = (from: number, to?: number) => textOf(inquiry.slice(from, to));
  if (inquiry.length > 56) {
    return defined({ serial: cut(0, 20), model: cut(20, 60), firmware: cut(60, 68) });
  }
  const isScsi = protocol !== 'sata' || inquiry.startsWith('ATA     ');
  if (isScsi && inquiry.slice(28).trim().length >= SHORTEST_SERIAL) {
    return defined({ model: driveModelOf(inquiry.slice(0, 24)), firmware: cut(24, 28), serial: cut(28) });
  }
  return defined({ model: textOf(inquiry) });
}
