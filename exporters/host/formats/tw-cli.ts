import {
  type Battery,
  type BatteryState,
  type Drive,
  type DriveRole,
  type DriveState,
  defined,
  mergeDrives,
  mergeReports,
  mergeVolumes,
  type RaidController,
  type RaidReport,
  type TaskKind,
  type Volume,
  type VolumeState,
  type WritePolicy,
} from './raid.ts';
import {
  bytesOf,
  celsiusOf,
  countOf,
  Fields,
  isRule,
  levelOf,
  linesOf,
  progressOf,
  protocolOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/**
 * tw_cli: `show`, `/cN show all`, `info cN [unitstatus | drivestatus | bbustatus]`, `/cN/pN show all`.
 * Tables say by their first heading what they list; other lines are "/c0/p3 Key = value". Tables of
 * `info` name no controller: `only` is the one they belong to.
 */
export function parseTwCli(text: string, only = '0'): RaidReport {
  const reader = new Reader(only);
  for (const line of linesOf(text)) reader.line(line);
  const controllers = [...reader.found.values()].map(controllerOf);
  return mergeReports([{ controllers, errors: reader.errors }]);
}

interface Found {
  readonly id: string;
  readonly fields: Fields;
  readonly units: Map<string, Fields>;
  readonly ports: Map<string, Fields>;
  readonly battery: Fields;
}

const TABLES: Readonly<Record<string, 'units' | 'ports' | 'controllers' | 'battery'>> = {
  Unit: 'units',
  Port: 'ports',
  VPort: 'ports',
  Ctl: 'controllers',
  Name: 'battery',
};

class Reader {
  readonly found = new Map<string, Found>();
  readonly errors: string[] = [];
  #current: string;
  #table: { columns: readonly string[]; kind: (typeof TABLES)[string] } | undefined;

  constructor(only: string) {
    this.#current = only;
  }

  line(line: string): void {
    const text = line.trim();
    if (/^Error:/i.test(text)) this.errors.push(text);
    const pair =
      /^\/c(?<id>\d{1,3})(?:\/(?<part>p|u|bbu)(?<number>\d{0,4}))? (?<key>[^=]{1,80})=(?<value>.*)$/.exec(
        text,
      )?.groups;
    if (pair !== undefined) {
      this.#pair(pair);
      return;
    }
    const words = text.split(/\s+/);
    const kind = TABLES[words[0] ?? ''];
    if (kind !== undefined && words.length > 3) this.#table = { columns: words, kind };
    else if (text === '') this.#table = undefined;
    else if (!isRule(line) && this.#table !== undefined) this.#row(words);
  }

  #get(id: string): Found {
    let found = this.found.get(id);
    if (found === undefined) {
      found = { id, fields: new Fields(), units: new Map(), ports: new Map(), battery: new Fields() };
      this.found.set(id, found);
    }
    return found;
  }

  #pair(pair: Readonly<Record<string, string | undefined>>): void {
    this.#current = pair['id'] ?? this.#current;
    const found = this.#get(this.#current);
    const { part, number = '' } = pair;
    const fields =
      part === 'p'
        ? entry(found.ports, `p${number}`)
        : part === 'u'
          ? entry(found.units, `u${number}`)
          : part === 'bbu'
            ? found.battery
            : found.fields;
    fields.add(pair['key'] ?? '', (pair['value'] ?? '').trim());
  }

  #row(words: readonly string[]): void {
    const { columns, kind } = this.#table ?? { columns: [], kind: undefined };
    const name = words[0] ?? '';
    const fields = rowFields(columns, words);
    if (kind === 'controllers' && /^c\d{1,3}$/.test(name)) this.#get(name.slice(1)).fields.addAll(fields);
    else if (kind === 'units' && /^u\d{1,4}$/.test(name)) {
      entry(this.#get(this.#current).units, name).addAll(fields);
    } else if (kind === 'ports' && /^p\d{1,4}$/.test(name)) {
      entry(this.#get(this.#current).ports, name).addAll(fields);
    } else if (kind === 'battery' && name === 'bbu') this.#get(this.#current).battery.addAll(fields);
  }
}

function entry(map: Map<string, Fields>, key: string): Fields {
  const fields = map.get(key) ?? new Fields();
  map.set(key, fields);
  return fields;
}

/** Cells are words, but sizes are two ("2.73 TB") and the last column takes what is left. */
function rowFields(columns: readonly string[], words: readonly string[]): Fields {
  const fields = new Fields();
  let at = 0;
  for (const [index, column] of columns.entries()) {
    if (at >= words.length) break;
    const isLast = index === columns.length - 1;
    const length = isLast
      ? words.length - at
      : column === 'Size' && /^[KMGTP]B$/.test(words[at + 1] ?? '')
        ? 2
        : 1;
    fields.add(column, words.slice(at, at + length).join(' '));
    at += length;
  }
  return fields;
}

function controllerOf({ id, fields, units, ports, battery }: Found): RaidController {
  return {
    tool: 'tw_cli',
    id,
    ...defined({
      model: textOf(fields.get('Model')),
      serial: textOf(fields.get('Serial Number')),
      firmware: textOf(fields.get('Firmware Version')),
      memoryBytes: bytesOf(fields.get('Available Memory', 'Memory Installed')),
    }),
    batteries: batteryOf(battery, fields.get('BBU')),
    volumes: mergeVolumes([...units].flatMap(([name, unit]) => volumeOf(name, unit))),
    drives: mergeDrives([...ports].flatMap(([name, port]) => driveOf(name, port, units))),
  };
}

const BATTERY_WORDS: readonly (readonly [RegExp, BatteryState])[] = [
  [/^ok/i, 'ok'],
  [/^charg/i, 'charging'],
  [/^test/i, 'learning'],
  [/^weak/i, 'replace'],
  [/^(?:fail|fault|error)/i, 'failed'],
  [/^(?:not-?present|removed|missing)/i, 'missing'],
];

function batteryOf(battery: Fields, summary: string | undefined): Battery[] {
  const given = textOf(battery.get('Status', 'BBU Status') ?? summary);
  if (given === undefined) return [];
  const state = wordOf(given, BATTERY_WORDS) ?? 'other';
  const ready = battery.get('BBUReady');
  // "OK" is the state of the pack; when it is not ready the controller does not rely on it.
  const usable = ready === undefined || /^yes/i.test(ready);
  return [{ kind: 'battery', state: state === 'ok' && !usable ? 'degraded' : state }];
}

// ---- units ----------------------------------------------------------------------------------------

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState, TaskKind | undefined])[] = [
  [/^ok/i, 'ok', undefined],
  [/^verify/i, 'ok', 'check'],
  [/^(?:rebuild|recovery)/i, 'rebuilding', 'rebuild'],
  [/^init/i, 'initializing', 'initialize'],
  [/^migrat/i, 'migrating', 'migrate'],
  [/^degraded/i, 'degraded', undefined],
  [/^(?:inoperable|incomplete|failed)/i, 'failed', undefined],
];

function volumeOf(name: string, unit: Fields): Volume[] {
  const type = unit.get('UnitType') ?? '';
  if (/^spare/i.test(type)) return [];
  const given = textOf(unit.get('Status'));
  const word = VOLUME_WORDS.find(([pattern]) => pattern.test(given ?? ''));
  const current = writePolicyOf(unit.get('Cache', 'Write Cache'));
  const task = word?.[2];
  const progress = unit.get(...(task === 'rebuild' ? ['%RCmpl', '%Cmpl'] : ['%V/I/M', '%Cmpl']));
  return [
    {
      id: name,
      group: name,
      ...defined({
        name: textOf(unit.get('name')),
        level: levelOf(type),
        state: given === undefined ? undefined : (word?.[1] ?? 'other'),
        sizeBytes: bytesOf(`${unit.get('Size(GB)') ?? ''} GB`),
        cache: current === undefined ? undefined : { writeCurrent: current },
      }),
      tasks: task === undefined ? [] : [{ kind: task, progressRatio: progressOf(progress ?? '') }],
    },
  ];
}

/** Read cache intelligent or basic (Ri, Rb), write cache (W), or only on and off. */
function writePolicyOf(value: string | undefined): WritePolicy | undefined {
  if (/^(?:R[ib])?W$|^on$/i.test(value ?? '')) return 'write_back';
  return /^R[ib]$|^off$/i.test(value ?? '') ? 'write_through' : undefined;
}

// ---- ports ----------------------------------------------------------------------------------------

const DRIVE_WORDS: readonly (readonly [RegExp, DriveState])[] = [
  [/^(?:ok|verify|init|migrat)/i, 'ok'],
  [/^rebuild/i, 'rebuilding'],
  [/^smart/i, 'predictive_failure'],
  [/^(?:degraded|failed|device-error|inoperable)/i, 'failed'],
  [/^(?:drive-removed|removed|missing)/i, 'missing'],
  [/^offline/i, 'offline'],
];

function driveOf(name: string, port: Fields, units: ReadonlyMap<string, Fields>): Drive[] {
  const given = textOf(port.get('Status'));
  // An empty bay is not a drive that is missing.
  if (given === undefined || /^not-present/i.test(given)) return [];
  const group = textOf(port.get('Unit', 'Belongs to Unit'));
  const hours = countOf(port.get('Power On Hours'));
  return [
    {
      id: name,
      deviceId: countOf(name.slice(1)),
      role: roleOf(group, units),
      state: wordOf(given, DRIVE_WORDS) ?? 'other',
      model: textOf(port.get('Model')),
      serial: textOf(port.get('Serial')),
      firmware: textOf(port.get('Firmware Version')),
      sizeBytes: bytesOf(port.get('Size', 'Capacity')),
      protocol: protocolOf(port.get('Type', 'Drive Type')),
      group,
      temperatureCelsius: celsiusOf(port.get('Temperature')),
      powerOnSeconds: hours === undefined ? undefined : hours * 3600,
    },
  ];
}

function roleOf(group: string | undefined, units: ReadonlyMap<string, Fields>): DriveRole | undefined {
  if (group === undefined) return 'unassigned';
  const type = units.get(group)?.get('UnitType');
  if (type === undefined) return undefined;
  return /^spare/i.test(type) ? 'spare' : /^jbod/i.test(type) ? 'passthrough' : 'data';
}
