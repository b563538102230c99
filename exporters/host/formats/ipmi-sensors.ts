import { linesOf, textOf } from './tool-text.ts';

/** A sensor as ipmitool lists it; what a listing does not show is undefined. */
export interface IpmiSensor {
  readonly name: string;
  /** Sensor number on its controller; only `sdr elist` shows it. */
  readonly number: number | undefined;
  /** What it sits on, "10.1" for the first power supply. */
  readonly entity: string | undefined;
  /** "ok", "nc", "lcr", "ns" ... in lower case. */
  readonly status: string;
  readonly value: number | undefined;
  /** "C", "RPM", "V", "A", "W", "%", or ipmitool's own word; undefined without a value. */
  readonly unit: string | undefined;
  /** Asserted states of a discrete sensor, in ipmitool's words. */
  readonly states: readonly string[];
  readonly thresholds: IpmiThresholds | undefined;
}

/** Lower and upper non-recoverable, critical and non-critical limits. */
export interface IpmiThresholds {
  readonly lnr: number | undefined;
  readonly lcr: number | undefined;
  readonly lnc: number | undefined;
  readonly unc: number | undefined;
  readonly ucr: number | undefined;
  readonly unr: number | undefined;
}

/**
 * Output of `sdr list`, `sdr elist`, `sensor` and the -c forms of the first two, told apart line by
 * line: errors of single sensors stand between the others.
 */
export function parseIpmiSensors(text: string): IpmiSensor[] {
  return linesOf(text).flatMap((line) => {
    const sensor = line.includes('|') ? tableLine(line) : csvLine(line);
    return sensor === undefined || sensor.name === '' ? [] : [sensor];
  });
}

function tableLine(line: string): IpmiSensor | undefined {
  const cells = line.split('|').map((cell) => cell.trim());
  if (cells.length === 3) return simpleLine(cells);
  if (cells.length === 5) return elistLine(cells);
  return cells.length === 10 ? thresholdLine(cells) : undefined;
}

/** "Inlet Temp | 25 degrees C | ok" */
function simpleLine([name = '', reading = '', status = '']: readonly string[]): IpmiSensor | undefined {
  if (!isStatus(status)) return undefined;
  return { ...blank(name, status), ...readingOf(reading) };
}

/** "Power Supply 1 | 03h | ok | 10.1 | 110 Watts, Presence detected" */
function elistLine([name = '', number = '', status = '', entity = '', reading = '']: readonly string[]) {
  const known = sensorNumber(number);
  if (known === undefined || !isStatus(status)) return undefined;
  return { ...blank(name, status), ...readingOf(reading), number: known, entity: entityOf(entity) };
}

/** "12V | 12.040 | Volts | ok | na | 10.800 | na | na | 13.200 | na" */
function thresholdLine(cells: readonly string[]): IpmiSensor | undefined {
  const [name = '', value = '', unit = '', status = ''] = cells;
  const discrete = unit === 'discrete';
  if (!discrete && !isStatus(status)) return undefined;
  const [lnr, lcr, lnc, unc, ucr, unr] = cells.slice(4).map(decimal);
  const analog = discrete ? undefined : decimal(value);
  return {
    // The state of a discrete sensor is a bit mask here, whose meaning depends on its type.
    ...blank(name, discrete ? (value === 'na' ? 'na' : 'ok') : status),
    value: analog,
    unit: analog === undefined ? undefined : unitOf(unit),
    thresholds: discrete ? undefined : { lnr, lcr, lnc, unc, ucr, unr },
  };
}

/** "Fan1,5040,RPM,ok", "SEL,72h,ns,7.1,No Reading", "PS1,110,Watts,ok,10.1,Presence detected". */
function csvLine(line: string): IpmiSensor | undefined {
  const cells = line.split(',').map((cell) => cell.trim());
  const [name = '', second = '', third = '', fourth = '', ...rest] = cells;
  const number = sensorNumber(second);
  if (number !== undefined && isStatus(third)) {
    const states = rest.filter((state) => state !== '' && !NO_READING.test(state));
    return { ...blank(name, third), number, entity: entityOf(fourth), states };
  }
  if (cells.length < 4 || !isStatus(fourth)) return undefined;
  const value = decimal(second);
  const states = entityOf(rest[0] ?? '') === undefined ? [] : rest.slice(1).filter((state) => state !== '');
  // -v adds thresholds and descriptions after the entity; only words are states.
  const words = cells.length > 8 ? [] : states.filter((state) => decimal(state) === undefined);
  return {
    ...blank(name, fourth),
    value,
    unit: value === undefined ? undefined : unitOf(third),
    entity: entityOf(rest[0] ?? ''),
    states: words,
  };
}

function blank(name: string, status: string): IpmiSensor {
  return {
    name: textOf(name) ?? '',
    number: undefined,
    entity: undefined,
    status: status.toLowerCase(),
    value: undefined,
    unit: undefined,
    states: [],
    thresholds: undefined,
  };
}

function isStatus(text: string): boolean {
  return /^(?:ok|ns|na|[lu]?(?:nc|cr|nr))$/i.test(text);
}

function sensorNumber(text: string): number | undefined {
  return /^[0-9a-f]{2}h$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}

function entityOf(text: string): string | undefined {
  return /^\d{1,3}\.\d{1,3}$/.test(text) ? text : undefined;
}

function decimal(text: string): number | undefined {
  return /^-?\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

const NO_READING = /^(?:no reading|not readable|disabled|not available|n\/a|na)$/i;

/** "5040 RPM", "110 Watts, Presence detected", "Connected", "No Reading", "0x01", "". */
function readingOf(reading: string): Pick<IpmiSensor, 'value' | 'unit' | 'states'> {
  const parts = reading.split(/, (?!but )/).filter((part) => part !== '');
  const analog = /^(?<value>-?\d{1,12}(?:\.\d{1,6})?) (?<unit>\D.*)$/.exec(parts[0] ?? '')?.groups;
  const words = (analog === undefined ? parts : parts.slice(1)).filter(
    (part) => !NO_READING.test(part) && !/^0x[0-9a-f]+$/i.test(part),
  );
  const value = decimal(analog?.['value'] ?? '');
  return { value, unit: value === undefined ? undefined : unitOf(analog?.['unit'] ?? ''), states: words };
}

const UNITS: ReadonlyMap<string, string> = new Map([
  ['degrees c', 'C'],
  ['rpm', 'RPM'],
  ['volts', 'V'],
  ['amps', 'A'],
  ['watts', 'W'],
  ['percent', '%'],
  ['% rpm', '%'],
]);

function unitOf(text: string): string {
  return UNITS.get(text.toLowerCase()) ?? text;
}

// ---- what it means --------------------------------------------------------------------------------

export type IpmiSeverity = 'nominal' | 'warning' | 'critical';

/** How bad the sensor says it is; undefined when it has no reading or only states we cannot judge. */
export function severityOf({ status, states }: IpmiSensor): IpmiSeverity | undefined {
  if (/^(?:ns|na)$/.test(status)) return undefined;
  if (/nc$/.test(status)) return 'warning';
  if (/(?:cr|nr)$/.test(status)) return 'critical';
  const judged = states.map(eventSeverity);
  if (judged.includes('critical')) return 'critical';
  if (judged.includes('warning')) return 'warning';
  return judged.includes(undefined) ? undefined : 'nominal';
}

/**
 * Event and state descriptions of the IPMI specification (tables 42-2 and 42-3) as ipmitool prints
 * them, judged as FreeIPMI does by default. Not judged: "State Asserted", whose meaning depends on
 * the sensor, and "Absent", which an empty socket says too.
 */
export function eventSeverity(text: string): IpmiSeverity | undefined {
  return EVENTS.find(([pattern]) => pattern.test(text))?.[1];
}

const EVENTS: readonly (readonly [RegExp, IpmiSeverity | undefined])[] = [
  [/^(?:state asserted|absent|device absent|.*\bnot present\b|device disabled)/i, undefined],
  [/\b(?:deasserted|not exceeded|in progress|performance met|parity check)\b/i, 'nominal'],
  [/non-?critical going high|non-?critical going low|transition to non-?critical/i, 'warning'],
  [/critical going|non-?recoverable going|transition to (?:critical|non-?recoverable)/i, 'critical'],
  [/logging disabled/i, 'critical'],
  [/correctable.*logging limit|redundancy degraded|almost full|bus degraded/i, 'warning'],
  [
    /\buncorrectable|machine check exception|\bIERR|thermal trip|\bFRB\d|\bparity\b|scrub failed/i,
    'critical',
  ],
  [/\bcorrectable|throttled|limit exceeded|software nmi|timer (?:expired|interrupt)|clock sync/i, 'warning'],
  [
    /fail|fault|\blost\b|out[- ]of[- ]range|non-redundant|insufficient|config\w* error|overtemperature/i,
    'critical',
  ],
  [/in (?:critical|failed) array|aborted|log full|timeout|\bNMI|[PS]ERR\b|fatal/i, 'critical'],
  [
    /intrusion|critical stop|install error|hard reset|performance lags|off-?line|access degraded/i,
    'critical',
  ],
  [/device disabled|^disabled$|processor disabled|incompatib|unsupported|invalid/i, 'critical'],
  [
    /degraded|^low$|battery low|240VA|interlock|in test|off duty|power save|reconfigured|change detected/i,
    'warning',
  ],
  [
    /present\b|presence detected|connected|fully redundant|hot spare|\bspare\b|enabled|transition to/i,
    'nominal',
  ],
  [
    /S0\/G0|S[1-5]\b|legacy o|log area|reset\/cleared|button pressed|heartbeat|monitor|informational/i,
    'nominal',
  ],
  [
    /boot (?:completed|event)|initiated by|power (?:off|cycle|down)|PEF action|auxiliary log|installed|ready for/i,
    'nominal',
  ],
];

export type RedundancyState = 'full' | 'degraded' | 'lost';

/** Whether a set of supplies or fans still has one to lose; undefined for sensors of other things. */
export function redundancyOf({ states }: IpmiSensor): RedundancyState | undefined {
  const text = states.join(', ');
  if (/redundancy lost|non-redundant:/i.test(text)) return 'lost';
  if (/redundancy degraded/i.test(text)) return 'degraded';
  return /fully redundant/i.test(text) ? 'full' : undefined;
}

/** Types by FreeIPMI's names; from the entity (table 43-13), the unit and the name, for ipmitool prints none. */
export function sensorType({ name, entity, unit, states }: IpmiSensor): string {
  const id = Number(entity?.split('.')[0] ?? Number.NaN);
  if (unit === 'C') return 'Temperature';
  if (unit === 'V') return 'Voltage';
  if (unit === 'A') return 'Current';
  if (unit === 'RPM') return 'Fan';
  if (/\bsel\b|event log/i.test(name)) return 'Event Logging Disabled';
  if (/drive (?:present|fault)|array|rebuild/i.test(states.join(' '))) return 'Drive Slot';
  if (id === 29 || id === 30 || /\bfan/i.test(name)) return 'Fan';
  if (id === 10 || /power supply|^ps\s?\d|psu/i.test(name)) return 'Power Supply';
  if (/redundan/i.test(states.join(' ')) && /p(?:ower|s)/i.test(name)) return 'Power Supply';
  if (id === 32 || id === 8 || /dimm|\bmem|ecc/i.test(name)) return 'Memory';
  if (id === 3 || /^(?:cpu|proc)/i.test(name)) return 'Processor';
  if (id === 4 || id === 26 || /drive|disk|bay/i.test(name)) return 'Drive Slot';
  if (id === 40 || /battery|bat\b/i.test(name)) return 'Battery';
  if (id === 31 || /cable|connected/i.test(`${name} ${states.join(' ')}`)) return 'Cable/Interconnect';
  if (/intrusion|intru/i.test(name)) return 'Physical Security';
  return /watchdog/i.test(name) ? 'Watchdog 2' : 'OEM Reserved';
}
