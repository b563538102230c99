import { celsiusOf, countOf, plausibleAge } from './smartctl-number.ts';
import type { SmartAttribute } from './smartctl-report.ts';

const FLAG_LETTERS = 'POSRCK';

/** "PO--CK" from the flag word of the old table; a plus sign stands for bits without a letter. */
export function flagLetters(word: number): string {
  const letters = [...FLAG_LETTERS].map((letter, bit) => ((word >> bit) & 1 ? letter : '-')).join('');
  return word >> FLAG_LETTERS.length ? `${letters}+` : letters;
}

const FLAG_NAMES = [
  'prefailure',
  'updated_online',
  'performance',
  'error_rate',
  'event_count',
  'auto_keep',
] as const;

/** The names of the set flags, in the order of the letters. */
export function flagNames(letters: string): string {
  return FLAG_NAMES.filter((_, at) => letters[at] === FLAG_LETTERS[at]).join(',');
}

/**
 * All bits of a raw value from the ways smartctl prints it; undefined for those that leave some out.
 * They are the ways of `smartctl -v help`; "2 2 2" is three words of 16 bits, highest first.
 */
export function packedRaw(text: string): number | undefined {
  if (/^\d{1,17}$/.test(text)) return Number(text);
  const words = /^(\d{1,5}) (\d{1,5}) (\d{1,5})$/.exec(text);
  if (words !== null) return pack(words.slice(1), 16);
  // What stands before the slash may begin at bit 24 or 32; when it is 0 that makes no difference.
  const ratio = /^0\/(\d{1,10})$/.exec(text);
  if (ratio !== null) return Number(ratio[1]);
  const time = /^(?<hours>\d{1,10})h\+(?<minutes>\d\d)m\+(?<seconds>\d\d)\.(?<ms>\d{3})s$/.exec(text)?.groups;
  if (time !== undefined) {
    const milliseconds =
      Number(time['minutes']) * 60_000 + Number(time['seconds']) * 1000 + Number(time['ms']);
    return milliseconds * 2 ** 32 + Number(time['hours']);
  }
  const bytes = /^(\d{1,3}) \((\d{1,3}) (\d{1,3}) (\d{1,3}) (\d{1,3}) (\d{1,3})\)$/.exec(text);
  if (bytes !== null) return pack([...bytes.slice(2), bytes[1] ?? ''], 8);
  const lower24 = /^(\d{1,8}) \((\d{1,3}) (\d{1,3}) (\d{1,3})\)$/.exec(text);
  if (lower24 !== null) {
    const high = pack(lower24.slice(2), 8);
    return high === undefined ? undefined : high * 2 ** 24 + Number(lower24[1]);
  }
  const lower16 = /^(\d{1,5}) \((\d{1,5}) (\d{1,5})\)$/.exec(text);
  if (lower16 !== null) return pack([...lower16.slice(2), lower16[1] ?? ''], 16);
  return undefined;
}

function pack(parts: readonly string[], bits: number): number | undefined {
  let value = 0;
  for (const part of parts) {
    if (Number(part) >= 2 ** bits) return undefined;
    value = value * 2 ** bits + Number(part);
  }
  return value;
}

/** What a disk is, as far as decoding depends on it. */
export interface DriveKind {
  /** Undefined where smartctl does not say. */
  readonly rotational: boolean | undefined;
  readonly modelName: string | undefined;
  readonly modelFamily: string | undefined;
}

/** A raw value that means something: counts as they are, temperatures in Celsius, times in seconds. */
export interface DecodedAttribute {
  /** One name per meaning, whatever the drive database calls the attribute. */
  readonly kind: AttributeKind;
  readonly value: number;
}

type Decoder = (attribute: SmartAttribute, drive: DriveKind) => number | undefined;

const ATTRIBUTES = {
  1: ['read_errors', seagateRate],
  5: ['reallocated_sectors', lowWordCount],
  7: ['seek_errors', seagateRate],
  9: ['power_on_seconds', onTime],
  10: ['spin_retries', hddCount],
  12: ['power_cycles', firstCount],
  184: ['end_to_end_errors', hddCount],
  187: ['reported_uncorrectable', firstCount],
  188: ['command_timeouts', commandTimeouts],
  189: ['high_fly_writes', hddCount],
  190: ['airflow_temperature_celsius', temperature],
  191: ['shock_events', hddCount],
  193: ['load_cycles', hddCount],
  194: ['temperature_celsius', temperature],
  195: ['ecc_errors', seagateRate],
  196: ['reallocation_events', reallocationEvents],
  197: ['pending_sectors', firstCount],
  198: ['offline_uncorrectable', firstCount],
  199: ['interface_crc_errors', firstCount],
  240: ['head_flying_seconds', headFlyingTime],
} as const satisfies Record<number, readonly [string, Decoder]>;

export type AttributeKind = (typeof ATTRIBUTES)[keyof typeof ATTRIBUTES][0];

/** Undefined where the meaning of the attribute, or of the bits in it, is not certain for this drive. */
export function decodeAttribute(attribute: SmartAttribute, drive: DriveKind): DecodedAttribute | undefined {
  const entry = (ATTRIBUTES as Partial<Record<number, readonly [AttributeKind, Decoder]>>)[attribute.id];
  if (entry === undefined) return undefined;
  const [kind, decode] = entry;
  const value = decode(attribute, drive);
  return value === undefined ? undefined : { kind, value };
}

/** "0", "0 (2000 0)", "90131/90333": the first number is the count, what follows belongs to the maker. */
function firstCount({ rawString }: SmartAttribute): number | undefined {
  const first = /^(\d{1,17})(?=$|[ /])/.exec(rawString)?.[1];
  const count = countOf(first === undefined ? undefined : Number(first));
  // No disk counts four thousand million of anything here: more bits than a counter has are packed.
  return count === undefined || count >= 2 ** 32 ? undefined : count;
}

/** Fujitsu and others keep three words there, which old smartctl prints as one number. */
function lowWordCount(attribute: SmartAttribute): number | undefined {
  const whole = countOf(plainInteger(attribute.rawString));
  return whole !== undefined && whole >= 2 ** 32 ? lowBits(whole, 16) : firstCount(attribute);
}

/** Some disks keep a rate under this id; an event counter says so in its flags. */
function reallocationEvents(attribute: SmartAttribute): number | undefined {
  return attribute.flags[3] === 'R' ? undefined : lowWordCount(attribute);
}

/** Ids that flash drives use for something else. */
function hddCount(attribute: SmartAttribute, drive: DriveKind): number | undefined {
  return drive.rotational === false ? undefined : firstCount(attribute);
}

/**
 * Seagate packs three counts: timeouts over 7.5 s, over 5 s, and all, the lowest word. On flash
 * drives the id is vendor specific and counts up on healthy ones.
 */
function commandTimeouts(attribute: SmartAttribute, drive: DriveKind): number | undefined {
  if (drive.rotational === false) return undefined;
  const raw = countOf(attribute.raw ?? packedRaw(attribute.rawString));
  return raw === undefined ? undefined : lowBits(raw, 16);
}

/** Timeouts of more than 7.5 seconds, the word that the published failure statistics count. */
export function longCommandTimeouts(attribute: SmartAttribute): number | undefined {
  const raw = countOf(attribute.raw ?? packedRaw(attribute.rawString));
  return raw === undefined || raw >= 2 ** 48 ? undefined : Math.floor(raw / 2 ** 32);
}

/** Errors in the upper word, operations in the lower 32 bits: a rate that only Seagate documents. */
function seagateRate(attribute: SmartAttribute, drive: DriveKind): number | undefined {
  const ratio = /^(\d{1,8})\/\d{1,10}$/.exec(attribute.rawString)?.[1];
  if (ratio !== undefined) return Number(ratio);
  if (!isSeagate(drive) || drive.rotational === false) return undefined;
  const raw = countOf(attribute.raw ?? packedRaw(attribute.rawString));
  return raw === undefined || raw >= 2 ** 48 ? undefined : Math.floor(raw / 2 ** 32);
}

function isSeagate({ modelName = '', modelFamily = '' }: DriveKind): boolean {
  // Samsung's disk division was sold: "ST1000LM024 HN-M101MBB" counts as Samsung's did.
  return /^(?:SEAGATE |ST\d{2,}|STM\d)/i.test(modelName) && !/ HN-M|samsung/i.test(modelName + modelFamily);
}

/** "34 (Min/Max 21/53)", "28 (0 12 0 0 0)", or all bits as one number with the degrees in the low byte. */
function temperature({ rawString, name }: SmartAttribute): number | undefined {
  const whole = plainInteger(rawString);
  if (whole !== undefined && whole > 255) {
    const low = lowBits(whole, 16);
    return low > 0 && low < 256 ? celsiusOf(low) : undefined;
  }
  const first = /^(-?\d{1,3}(?:\.\d)?)(?=$| )/.exec(rawString)?.[1];
  const celsius = celsiusOf(first === undefined ? undefined : Number(first));
  // Sensors that do not exist read 0; some makers count something else under the id.
  return celsius === 0 || /count|error|rate/i.test(name) ? undefined : celsius;
}

const HOUR = 3600;

/** "60681", "4683h+50m", "5537h+01m+06.950s", "4273 (5 89 0)", or bits of both as one number. */
function onTime({ rawString, name }: SmartAttribute): number | undefined {
  return runTime(rawString, name);
}

function headFlyingTime(attribute: SmartAttribute, drive: DriveKind): number | undefined {
  const known = /^(?:Head_Flying_Hours|Unknown_Attribute|Unknown_HDD_Attribute)$/.test(attribute.name);
  if (!known || drive.rotational === false) return undefined;
  const seconds = runTime(attribute.rawString, attribute.name);
  // Makers that do not count it leave 0.
  return seconds === 0 ? undefined : seconds;
}

function runTime(rawString: string, name: string): number | undefined {
  const parts =
    /^(?<hours>\d{1,8})h\+(?<minutes>\d{1,2})m(?:\+(?<seconds>\d{1,2}(?:\.\d{1,3})?)s)?(?=$| )/.exec(
      rawString,
    )?.groups;
  if (parts !== undefined) {
    const { hours, minutes, seconds = '0' } = parts;
    return plausibleAge(Number(hours) * HOUR + Number(minutes) * 60 + Number(seconds));
  }
  const first = /^(\d{1,17})(?=$| )/.exec(rawString)?.[1];
  const count = countOf(first === undefined ? undefined : Number(first));
  if (count === undefined) return undefined;
  // The lower 24 bits hold the hours where the maker keeps milliseconds or days above them.
  const units = count < 2 ** 24 ? count : Number(BigInt(first ?? 0) % 2n ** 24n);
  return plausibleAge(units * secondsPerUnit(name));
}

function secondsPerUnit(name: string): number {
  if (/half_minutes/i.test(name)) return 30;
  if (/minutes/i.test(name)) return 60;
  return /seconds/i.test(name) ? 1 : HOUR;
}

function plainInteger(text: string): number | undefined {
  return /^\d{1,17}$/.test(text) ? Number(text) : undefined;
}

/** The lower bits of a number that may be longer than 32 bits. */
function lowBits(value: number, bits: number): number {
  return value % 2 ** bits;
}
