import { firmwareDate } from './dmidecode.ts';
import {
  type Battery,
  type CachePolicy,
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
import { lsiBattery, lsiDriveCache, lsiWritePolicy } from './raid-lsi.ts';
import { type Part, type Response, readStorcli } from './storcli-output.ts';
import {
  booleanOf,
  bytesOf,
  celsiusOf,
  countOf,
  durationOf,
  Fields,
  levelOf,
  mediumOf,
  progressOf,
  protocolOf,
  taskKindOf,
  textOf,
  wordOf,
} from './tool-text.ts';

/**
 * storcli, storcli2, perccli and perccli2, as JSON (J) or text: `show`, `/cALL show all`,
 * `/cALL/eALL/sALL show all`, `/cALL/vALL show all`, `/cALL/bbu|cv show all`, `... show rebuild`.
 * What a table or group is, its columns and keys say; its heading only helps.
 */
export function parseStorcli(text: string): RaidReport {
  const { responses, errors } = readStorcli(text);
  return mergeReports([{ controllers: [], errors }, ...responses.map(reportOf)]);
}

function reportOf({ status, parts }: Response): RaidReport {
  const errors: string[] = [];
  if (/^fail/i.test(status.get('Status') ?? '')) {
    errors.push(textOf(status.get('Description')) ?? 'the command failed');
  }
  const overview = parts.flatMap((part) => part.rows).filter((row) => row.get('Ctl') !== undefined);
  const controllers = overview.flatMap(overviewOf);
  const id = countOf(status.get('Controller')) ?? idFromParts(parts);
  if (id === undefined || parts.length === 0) return { controllers, errors };
  return { controllers: [...controllers, controllerOf(String(id), parts, status)], errors };
}

function idFromParts(parts: readonly Part[]): number | undefined {
  for (const { name, fields } of parts) {
    const found = countOf(/^(?:Drive )?\/c(\d{1,3})\b/.exec(name)?.[1]) ?? countOf(fields.get('Controller'));
    if (found !== undefined) return found;
  }
  return undefined;
}

const CONTROLLER_WORDS: readonly (readonly [RegExp, ControllerState])[] = [
  [/^(?:optimal|opt\b|ok\b)/i, 'ok'],
  [/^(?:need(?:s|ed)? attention|ndatn|degraded|dgd|partially degraded)/i, 'degraded'],
  [/^(?:failed|fld|fault)/i, 'failed'],
];

function controllerState(given: string | undefined): ControllerState | undefined {
  const text = textOf(given);
  return text === undefined || /^unkwn$/i.test(text)
    ? undefined
    : (wordOf(text, CONTROLLER_WORDS) ?? 'other');
}

function overviewOf(row: Fields): RaidController[] {
  const id = countOf(row.get('Ctl'));
  if (id === undefined) return [];
  const known = defined({ model: textOf(row.get('Model')), state: controllerState(row.get('Hlth')) });
  return [{ tool: 'storcli', id: String(id), ...known, batteries: [], volumes: [], drives: [] }];
}

function controllerOf(id: string, parts: readonly Part[], status: Fields): RaidController {
  const named = (pattern: RegExp) => parts.filter((part) => pattern.test(part.name));
  const basics = fieldsOf(named(/^(?:Basics|)$/));
  const version = fieldsOf(named(/^(?:Versions?|)$/));
  const state = fieldsOf(named(/^Status$/));
  const hardware = fieldsOf(named(/^HwCfg$/));
  return {
    tool: 'storcli',
    id,
    ...defined({
      model: textOf(basics.get('Model', 'Product Name')),
      serial: textOf(basics.get('Serial Number')),
      firmware: firmwareOf(version),
      state: controllerState(state.get('Controller Status')),
      manufactured: firmwareDate(basics.get('Mfg Date', 'Mfg. Date')),
      temperatureCelsius: rocTemperature(hardware),
      memoryBytes: bytesOf(hardware.get('On Board Memory Size')),
      memoryCorrectableErrors: countOf(state.get('Memory Correctable Errors')),
      memoryUncorrectableErrors: countOf(state.get('Memory Uncorrectable Errors')),
    }),
    batteries: batteriesOf(parts, hardware),
    volumes: mergeVolumes(parts.flatMap(volumesOf)),
    drives: mergeDrives([...parts.flatMap(drivesOf), ...tasksOf(parts, status)]),
  };
}

function fieldsOf(parts: readonly Part[]): Fields {
  const all = new Fields();
  for (const part of parts) all.addAll(part.fields);
  return all;
}

/** HBAs print zeros for the package that they do not have. */
function firmwareOf(version: Fields): string | undefined {
  const found = textOf(version.get('Firmware Package Build', 'Firmware Package Version', 'FW Package Build'));
  return found !== undefined && /[1-9]/.test(found)
    ? found
    : textOf(version.get('Firmware Version', 'FW Version'));
}

function rocTemperature(hardware: Fields): number | undefined {
  for (const key of hardware.keys()) {
    if (key.startsWith('roc temperature')) return countOf(hardware.get(key)) || undefined;
  }
  return undefined;
}

// ---- batteries and capacitors ---------------------------------------------------------------------

const ABOUT_BATTERY = /^(?:BBU|Cachevault|CV)_|^GasGauge|^Firmware_Status$/i;

function batteriesOf(parts: readonly Part[], hardware: Fields): Battery[] {
  const all = new Fields();
  let capacitor = false;
  for (const { name, fields, rows } of parts) {
    if (!ABOUT_BATTERY.test(name)) continue;
    if (/^(?:Cachevault|CV)_/i.test(name)) capacitor = true;
    all.addAll(fields);
    for (const row of rows) all.addAll(row);
  }
  const found = lsiBattery(all);
  if (found !== undefined) return [capacitor ? { ...found, kind: 'capacitor' } : found];
  return /^absent$/i.test(hardware.get('BBU') ?? '') ? [{ state: 'not_installed' }] : [];
}

// ---- virtual drives -------------------------------------------------------------------------------

const VOLUME_WORDS: readonly (readonly [RegExp, VolumeState])[] = [
  [/^(?:optl|optimal)/i, 'ok'],
  [/^(?:dgrd|pdgd|degraded|partially degraded)/i, 'degraded'],
  [/^(?:rec|recovery)\b/i, 'rebuilding'],
  [/^(?:ofln|offline|failed|fld|msng)/i, 'failed'],
  [/^(?:hd|hidden|trans)/i, 'inactive'],
];

function volumesOf({ name, fields, rows }: Part): Volume[] {
  const properties = /^VD ?(?<id>\d{1,4}) Properties/i.exec(name)?.groups?.['id'];
  const found = rows.flatMap((row) => {
    const id = /(?:^|\/)(\d{1,4})$/.exec(row.get('DG/VD') ?? '')?.[1];
    return id === undefined ? [] : [volumeOf(id, row)];
  });
  if (properties !== undefined) found.push(volumeDetails(properties, fields));
  return found;
}

function volumeOf(id: string, row: Fields): Volume {
  const state = textOf(row.get('State'));
  const group = /^(\d{1,4})\//.exec(row.get('DG/VD') ?? '')?.[1];
  const current = row.get('Cache', 'CurrentCache');
  const cache = defined<CachePolicy>({
    writeCurrent: lsiWritePolicy(current),
    writeDefault: lsiWritePolicy(row.get('DefaultCache')),
    writeBackUnprotected: /(?:A|F)WB/.test(current ?? '') ? true : undefined,
  });
  return defined<Volume>({
    id,
    group,
    name: textOf(row.get('Name')),
    level: levelOf(row.get('TYPE')),
    state: state === undefined ? undefined : (wordOf(state, VOLUME_WORDS) ?? 'other'),
    sizeBytes: bytesOf(row.get('Size')),
    cache: Object.keys(cache).length === 0 ? undefined : cache,
    tasks: [],
  });
}

/** Merging keeps what the table said: these keys add to it. */
function volumeDetails(id: string, fields: Fields): Volume {
  const spans = countOf(fields.get('Span Depth'));
  const perSpan = countOf(fields.get('Number of Drives Per Span'));
  const running = textOf(fields.get('Active Operations'));
  return defined<Volume>({
    id,
    device: textOf(fields.get('OS Drive Name')),
    drivesExpected: spans === undefined || perSpan === undefined ? undefined : spans * perSpan,
    tasks: running === undefined ? [] : [{ kind: taskKindOf(running), progressRatio: progressOf(running) }],
    cache: defined<CachePolicy>({
      writeDefault: lsiWritePolicy(fields.get('Write Cache(initial setting)')),
      driveCache: lsiDriveCache(fields.get('Disk Cache Policy')),
    }),
  });
}

// ---- physical drives ------------------------------------------------------------------------------

const DRIVE_WORDS: readonly (readonly [RegExp, DriveState, DriveRole | undefined])[] = [
  [/^(?:onln|online)/i, 'ok', 'data'],
  [/^(?:ghs|dhs|hsp)/i, 'ok', 'spare'],
  [/^(?:ugood|uconf|good|ugunsp)\b/i, 'ok', 'unassigned'],
  [/^(?:ubad|bad|ubunsp)\b/i, 'failed', 'unassigned'],
  [/^jbod/i, 'ok', 'passthrough'],
  [/^(?:rbld|rebuild|cpybck|copyback)/i, 'rebuilding', 'data'],
  [/^(?:failed|fld)/i, 'failed', 'data'],
  [/^(?:offln|offline)/i, 'offline', 'data'],
  [/^(?:msng|missing)/i, 'missing', undefined],
];

function drivesOf({ name, fields, rows }: Part): Drive[] {
  const found = rows.flatMap((row) => [...driveOf(row), ...missingOf(row)]);
  const details = /^Drive (?<path>\/c\d{1,3}\S*)/.exec(name)?.groups?.['path'];
  const id = details === undefined ? undefined : idOfPath(details);
  if (id !== undefined && fields.size > 0) found.push(driveDetails(id, fields));
  return found;
}

/** "/c0/e252/s1" is the drive that tables call "252:1", "/c0/s1" the one they call " :1". */
function idOfPath(path: string): string | undefined {
  const found = /^\/c\d{1,3}(?:\/e(?<enclosure>\d{1,5}))?\/s(?<slot>\d{1,5})$/.exec(path)?.groups;
  return found === undefined ? undefined : `${found['enclosure'] ?? ''}:${found['slot']}`;
}

function driveOf(row: Fields): Drive[] {
  const place = /^(?<enclosure>\d{0,5})-?:(?<slot>\d{1,5})$/.exec((row.get('EID:Slt') ?? '').trim())?.groups;
  if (place === undefined) return [];
  const word = wordFor(row);
  const group = textOf(row.get('DG'));
  return [
    defined<Drive>({
      id: `${place['enclosure']}:${place['slot']}`,
      deviceId: countOf(row.get('DID', 'PID')),
      role: word.role,
      // The group column of a drive with another controller's set-up is an F.
      state: group === 'F' && word.state === 'ok' ? 'foreign' : word.state,
      model: textOf(row.get('Model')),
      sizeBytes: bytesOf(row.get('Size')) || undefined,
      protocol: protocolOf(row.get('Intf')),
      medium: mediumOf(row.get('Med')),
      group: group === 'F' ? undefined : group,
    }),
  ];
}

function wordFor(row: Fields): { state: DriveState | undefined; role: DriveRole | undefined } {
  // storcli2 has the set-up in State (Conf, UConf) and the condition in Status.
  for (const given of [textOf(row.get('Status')), textOf(row.get('State'))]) {
    if (given === undefined) continue;
    const word = DRIVE_WORDS.find(([pattern]) => pattern.test(given));
    return { state: word?.[1] ?? 'other', role: word?.[2] };
  }
  return { state: undefined, role: undefined };
}

/** A member that is gone is only a place in the topology. */
function missingOf(row: Fields): Drive[] {
  const [group, array, place] = [row.get('DG'), row.get('Arr'), row.get('Row')].map(countOf);
  if (!/^drive$/i.test(row.get('Type') ?? '') || !/^msng/i.test(row.get('State') ?? '')) return [];
  if (group === undefined || array === undefined || place === undefined) return [];
  return [{ id: `group ${group}/${array}/${place}`, role: 'data', state: 'missing', group: String(group) }];
}

function driveDetails(id: string, fields: Fields): Drive {
  return defined<Drive>({
    id,
    // Drives without a sensor are printed as 0C.
    temperatureCelsius: celsiusOf(fields.get('Drive Temperature')) || undefined,
    mediaErrors: countOf(fields.get('Media Error Count')),
    otherErrors: countOf(fields.get('Other Error Count')),
    predictiveFailures: countOf(fields.get('Predictive Failure Count')),
    predictiveFailure: booleanOf(fields.get('S.M.A.R.T alert flagged by drive')),
    serial: textOf(fields.get('SN', 'Serial Number')),
    model: textOf(fields.get('Model Number')),
    firmware: textOf(fields.get('Firmware Revision')),
    sizeBytes: bytesOf(fields.get('Raw size')) || undefined,
  });
}

/** Rows of `show rebuild` and its like; drives at rest have them too, without progress. */
function tasksOf(parts: readonly Part[], status: Fields): Drive[] {
  const command = status.get('Description') ?? '';
  return parts
    .flatMap((part) => part.rows)
    .flatMap((row) => {
      const id = idOfPath((row.get('Drive-ID') ?? '').trim());
      if (id === undefined || !/^in progress/i.test(row.get('Status') ?? '')) return [];
      const progress = row.get('Progress%') ?? '';
      const task: Task = {
        kind: taskKindOf(row.get('Operation') ?? command),
        progressRatio: progressOf(`${progress}%`),
        remainingSeconds: durationOf(row.get('Estimated Time Left')),
      };
      return [{ id, task }];
    });
}
