import { flagLetters, packedRaw } from './smartctl-attribute.ts';
import { leadingInteger } from './smartctl-number.ts';
import { type DeviceStatistic, PHY_EVENTS, type SmartAttribute } from './smartctl-report.ts';
import type { TextFields } from './smartctl-text-fields.ts';

/** What the text says about an ATA device beyond its identity. */
export function readAtaText(fields: TextFields) {
  const { lines } = fields;
  return {
    temperatures: sctTemperatures(fields),
    attributes: attributes(lines),
    statistics: [...deviceStatistics(lines), ...phyEvents(lines)],
    errorLogs: errorLogs(lines),
    errorRecoverySeconds: errorRecovery(lines),
    sctState: sctState(fields),
  };
}

// Both tables: "FLAGS VALUE WORST THRESH FAIL RAW_VALUE" of -x with letters, and "FLAG VALUE WORST
// THRESH TYPE UPDATED WHEN_FAILED RAW_VALUE" of -a and -A with a number; UPDATED came with 5.2.
const ATTRIBUTE =
  /^\s{0,8}(?<id>\d{1,3}|0x[0-9a-f]{2}) (?<name>[^\s]{1,40})\s+(?:(?<letters>[POSRCK-]{6}\+?)|(?<word>0x[0-9a-f]{4}))\s+(?<value>\d{3}|---)\s+(?<worst>\d{3}|---)\s+(?<threshold>\d{3}|---)\s+(?:(?:Pre-fail|Old_age)\s+(?:(?:Always|Offline)\s+)?)?(?<failed>-|NOW|Past|FAILING_NOW|In_the_past)\s+(?<raw>\S.*)$/i;

function attributes(lines: readonly string[]): SmartAttribute[] {
  const found = new Map<number, SmartAttribute>();
  for (const line of lines) {
    const row = ATTRIBUTE.exec(line)?.groups;
    if (row === undefined) continue;
    const { id = '', name = '', letters, word, failed = '', raw = '' } = row;
    const number = Number(id);
    if (number < 1 || number > 255 || found.has(number)) continue;
    found.set(number, {
      id: number,
      name,
      flags: letters ?? flagLetters(Number(word)),
      value: normalized(row['value']),
      worst: normalized(row['worst']),
      threshold: normalized(row['threshold']),
      whenFailed: whenFailed(failed),
      rawString: raw,
      raw: packedRaw(raw),
    });
  }
  return [...found.values()];
}

function normalized(text: string | undefined): number | undefined {
  return text === undefined || text === '---' ? undefined : Number(text);
}

function whenFailed(text: string): 'now' | 'past' | undefined {
  if (/NOW/i.test(text)) return 'now';
  return /past/i.test(text) ? 'past' : undefined;
}

const PAGE = /^\s*(?:0x[0-9a-f]{2}|\d{1,2})\s+=+\s.*== (?<page>\S.*?) \(rev \d+\) ==$/i;
// smartctl 6 marks normalized values by a tilde behind the value, 7 by flags of their own.
const STATISTIC =
  /^\s*(?:0x[0-9a-f]{2}|\d{1,2})\s+0x[0-9a-f]{3}\s+(?<size>\d)\s+(?<value>\d{1,20})(?<tilde>~?)\s+(?:(?<flags>[N-][D-][C-])\s+)?(?<name>[^\s-].*)$/i;

function* deviceStatistics(lines: readonly string[]): Generator<DeviceStatistic> {
  let page: string | undefined;
  for (const line of lines) {
    const opened = PAGE.exec(line)?.groups?.['page'];
    if (opened !== undefined) page = opened;
    const row = STATISTIC.exec(line)?.groups;
    if (row === undefined || page === undefined) continue;
    const { size, value, tilde, name = '', flags = `${tilde === '~' ? 'N' : '-'}--` } = row;
    if (Number(value) === 2 ** (8 * Number(size)) - 1) continue;
    yield { page, name, flags: `V${flags}`, value: Number(value) };
  }
}

const PHY_EVENT = /^0x[0-9a-f]{4}\s+\d\s+(?<value>\d{1,20})\+?\s+(?<name>\S.*)$/i;

function* phyEvents(lines: readonly string[]): Generator<DeviceStatistic> {
  for (const line of lines) {
    const row = PHY_EVENT.exec(line)?.groups;
    if (row === undefined) continue;
    yield { page: PHY_EVENTS, name: row['name'] ?? '', flags: 'V---', value: Number(row['value']) };
  }
}

function errorLogs(lines: readonly string[]): Map<string, number> {
  const logs = new Map<string, number>();
  let open: string | undefined;
  for (const line of lines) {
    if (/^SMART Error Log Version/.test(line)) open = 'summary';
    else if (/^SMART Extended Comprehensive Error Log Version/.test(line)) open = 'extended';
    else if (/^(?:SMART|Error Information|=== )/.test(line)) open = undefined;
    const count = /^(?<log>ATA|Device) Error Count: (?<count>\d{1,10})/.exec(line)?.groups;
    if (count !== undefined)
      logs.set(count['log'] === 'ATA' ? 'summary' : 'extended', Number(count['count']));
    else if (open !== undefined && /^No Errors Logged/.test(line)) logs.set(open, 0);
  }
  return logs;
}

const RECOVERY = /^\s+(?<operation>Read|Write): +(?<deciseconds>\d{1,5}) \(\d+[.,]\d seconds\)$/;

function errorRecovery(lines: readonly string[]): Map<'read' | 'write', number> {
  const seconds = new Map<'read' | 'write', number>();
  for (const line of lines) {
    const row = RECOVERY.exec(line)?.groups;
    if (row !== undefined)
      seconds.set(row['operation'] === 'Read' ? 'read' : 'write', Number(row['deciseconds']) / 10);
  }
  return seconds;
}

function sctState(fields: TextFields): number | undefined {
  return leadingInteger(/\((\d{1,3})\)$/.exec(fields.get('Device State') ?? '')?.[1]);
}

const SCT_RANGES = [
  ['Power Cycle Min/Max Temperature', 'power_cycle'],
  ['Lifetime Min/Max Temperature', 'lifetime'],
  ['Min/Max recommended Temperature', 'op_limit'],
  ['Min/Max Temperature Limit', 'limit'],
] as const;

function sctTemperatures(fields: TextFields): Map<string, number> {
  const temperatures = new Map<string, number>();
  const keep = (kind: string, text: string | undefined) => {
    if (text !== undefined) temperatures.set(kind, Number(text));
  };
  const celsius = (name: string) => /^(-?\d{1,3}) Celsius$/.exec(fields.get(name) ?? '')?.[1];
  keep('current', celsius('Current Temperature'));
  keep('op_limit_max', celsius('Specified Max Operating Temperature'));
  for (const [name, kind] of SCT_RANGES) {
    const range = /^(?<min>-?\d{1,3}|--|\?)\/ *(?<max>-?\d{1,3}|--|\?) Celsius$/.exec(
      fields.get(name) ?? '',
    )?.groups;
    for (const end of ['min', 'max'] as const) {
      const value = range?.[end];
      if (value !== undefined && /\d/.test(value)) keep(`${kind}_${end}`, value);
    }
  }
  return temperatures;
}
