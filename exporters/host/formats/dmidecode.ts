/**
 * Output of dmidecode 2.2 to 3.6 (https://www.nongnu.org/dmidecode/): one record per SMBIOS structure,
 * a title and `Key: Value` lines below it; values may be followed by deeper lines that form a list.
 * Pure and total: what is no record is passed over, what stops early is marked incomplete.
 */
export interface DmiRecord {
  /** "0x1100"; names the record in others that refer to it. */
  readonly handle: string;
  /** Number of SMBIOS: 0 BIOS, 1 system, 2 board, 3 chassis, 4 CPU, 16 memory array, 17 memory device, 39 PSU. */
  readonly type: number;
  /** As printed, placeholders included; the first where a key appears twice. */
  readonly values: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

export interface DmiTable {
  /** "3.4"; undefined where the first line is missing. */
  readonly toolVersion: string | undefined;
  /** "2.7"; undefined where there is no table at all. */
  readonly smbiosVersion: string | undefined;
  readonly records: readonly DmiRecord[];
  /** False when dmidecode gave up or the text ends inside a record: what is missing is not absent. */
  readonly complete: boolean;
}

/** SMBIOS's own end mark; tables without it are whole when they have as many records as announced. */
const END_OF_TABLE = 127;
const BROKEN = /DMI table is broken|^[ \t]*Wrong DMI structures /m;

export function parseDmidecode(text: string): DmiTable {
  const records: DmiRecord[] = [];
  let builder: RecordBuilder | undefined;
  for (const line of text.split('\n')) {
    const start = /^Handle (?<handle>0x[0-9A-Fa-f]+)(?:, DMI type (?<type>\d+)\b.*)?\s*$/.exec(line)?.groups;
    if (start !== undefined) {
      if (builder !== undefined) records.push(...builder.finish());
      builder = new RecordBuilder(start['handle'] ?? '', start['type']);
    } else {
      builder?.line(line);
    }
  }
  if (builder !== undefined) records.push(...builder.finish());
  return {
    toolVersion: /^# dmidecode (?<version>\S+)/m.exec(text)?.groups?.['version'],
    smbiosVersion: /^(?:#\s*)?SMBIOS (?<version>[\d.]+) present/m.exec(text)?.groups?.['version'],
    records,
    complete: isWhole(records, text) && !BROKEN.test(text),
  };
}

function isWhole(records: readonly DmiRecord[], text: string): boolean {
  if (records.some(({ type }) => type === END_OF_TABLE)) return true;
  const announced = /^(?<count>\d+) structures occupying /m.exec(text)?.groups?.['count'];
  return announced !== undefined && records.length === Number(announced);
}

class RecordBuilder {
  readonly #handle: string;
  readonly #values = new Map<string, string>();
  readonly #lists = new Map<string, string[]>();
  #type: number | undefined;
  /** Depth of the title: 0, or 1 in dmidecode 2.2, which indents everything once more. */
  #depth = 0;
  #titled = false;
  #key: string | undefined;

  constructor(handle: string, type: string | undefined) {
    this.#handle = handle;
    if (type === undefined) this.#depth = 1;
    else this.#type = Number(type);
  }

  line(raw: string): void {
    const text = raw.trimEnd();
    if (text === '') return;
    const depth = /^\t*/.exec(text)?.[0].length ?? 0;
    const content = text.slice(depth);
    const type = /^DMI type (?<type>\d+),/.exec(content)?.groups?.['type'];
    if (this.#type === undefined && type !== undefined) {
      this.#type = Number(type);
    } else if (!this.#titled) {
      this.#titled = true;
    } else if (depth === this.#depth + 1) {
      this.#field(content);
    } else if (depth > this.#depth + 1 && this.#key !== undefined) {
      const list = this.#lists.get(this.#key) ?? [];
      list.push(content.trim());
      this.#lists.set(this.#key, list);
    }
  }

  finish(): DmiRecord[] {
    if (this.#type === undefined) return [];
    return [{ handle: this.#handle, type: this.#type, values: this.#values, lists: this.#lists }];
  }

  #field(content: string): void {
    const colon = content.indexOf(':');
    if (colon === -1) {
      this.#key = undefined;
      return;
    }
    const key = content.slice(0, colon).trim();
    const value = content.slice(colon + 1).trim();
    this.#key = key;
    if (!this.#values.has(key)) this.#values.set(key, value);
  }
}

/** Texts that makers leave in place of a value. */
const PLACEHOLDER =
  /^(?:-*|\.*|0+|(?:0123456789?|123456789?0?)(?:[a-z0-9]*)|not (?:specified|provided|available|applicable|defined|set|present|installed)|unspecified|unknown|undefined|default(?: string)?|none|null|empty|n\/?a|invalid|tb[ad](?: by o\.?e\.?m\.?)?|o\.?e\.?m\.?|oem define \d+|to be filled(?: by o\.?e\.?m\.?)?|fill by o\.?e\.?m\.?|system (?:manufacturer|product name|version|sku\w*)|base ?board (?:manufacturer|product name|version)|chassis (?:manufacturer|version)|super server|product name|type2 - board \w+ name\d?|(?:empty\/)?no dimm|dimm\d*_\w+_string|x{3,}|; ?9k|<bad index>|<out of spec>|\(none\)|\[empty\]|\?+)$/i;

/** The value without surrounding and repeated blanks; undefined for what makers leave unset. */
export function knownText(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value.replace(/\s+/g, ' ').trim();
  return PLACEHOLDER.test(text) ? undefined : text;
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  bytes: 1,
  kB: 1024,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

/** "4096 MB" or "16 GB" in bytes; undefined for "No Module Installed", "Unknown" and the like. */
export function sizeInBytes(value: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9}) (bytes|[kKMGT]i?B)$/.exec(value?.trim() ?? '') ?? [];
  const factor = SIZE_UNITS[unit.replace('i', '')];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** "1333 MHz" (dmidecode before 3.1) and "1333 MT/s" are the same: transfers per second. */
export function transfersPerSecond(value: string | undefined): number | undefined {
  const [, digits] = /^(\d{2,6}) (?:MHz|MT\/s)(?: \(.*\))?$/.exec(value?.trim() ?? '') ?? [];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits) * 1_000_000;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A date of the firmware in seconds since the epoch, midnight UTC: "04/11/2023", "09/16/11", "Jul 26 2022",
 * "2021-04-21". Month first as SMBIOS has it, day first where only that is possible; undefined for
 * what is no date of the years 1990 to 2089.
 */
export function firmwareDate(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  const [, first, second, shortYear] =
    /^0*(\d{1,2})[/.-]0*(\d{1,2})[/.-](\d{2}|\d{4})(?: .*)?$/.exec(text) ?? [];
  if (first !== undefined && second !== undefined && shortYear !== undefined) {
    const year = shortYear.length === 4 ? Number(shortYear) : centuryOf(Number(shortYear));
    const [a, b] = [Number(first), Number(second)];
    return dayOf(year, a, b) ?? dayOf(year, b, a);
  }
  const [, isoYear, isoMonth, isoDay] = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T].*)?$/.exec(text) ?? [];
  if (isoYear !== undefined) return dayOf(Number(isoYear), Number(isoMonth), Number(isoDay));
  const [, name, day, namedYear] = /^([A-Za-z]{3})[a-z]* +(\d{1,2}),? +(\d{4})$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return dayOf(Number(namedYear), MONTHS.indexOf(name.toLowerCase()) + 1, Number(day));
}

function centuryOf(year: number): number {
  return year < 90 ? 2000 + year : 1900 + year;
}

function dayOf(year: number, month: number, day: number): number | undefined {
  if (year < 1990 || year > 2089 || month < 1 || month > 12 || day < 1) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 ? date.getTime() / 1000 : undefined;
}
