import type { TaskKind } from './raid.ts';

/**
 * Reading the words and numbers that hardware tools print. Every function gives undefined for what it
 * does not understand, and none backtracks: the text may be cut, mixed or hostile.
 */

/** Lines without their ends; longer ones than any tool prints are cut. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map((line) => line.slice(0, MAX_LINE).trimEnd());
}

const MAX_LINE = 2000;

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** "Key  : value" at its first separator; the key is trimmed and may not be empty. */
export function pairOf(line: string, separator = ':'): Pair | undefined {
  const at = line.indexOf(separator);
  if (at === -1) return undefined;
  const key = line.slice(0, at).trim();
  return key === '' ? undefined : { key, value: line.slice(at + separator.length).trim() };
}

/** Pairs of one object; a tool may print the same key twice, with another meaning each time. */
export class Fields {
  readonly #values = new Map<string, string[]>();

  add(key: string, value: string): void {
    const name = normalized(key);
    const values = this.#values.get(name);
    if (values === undefined) this.#values.set(name, [value]);
    else values.push(value);
  }

  addAll(other: Fields): void {
    for (const [key, values] of other.#values) for (const value of values) this.add(key, value);
  }

  /** The first value of the first of these keys that is there; keys are compared without case. */
  get(...keys: readonly string[]): string | undefined {
    for (const key of keys) {
      const first = this.#values.get(normalized(key))?.[0];
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** The first value of the key that `read` understands. */
  read<T>(key: string, read: (value: string) => T | undefined): T | undefined {
    for (const value of this.#values.get(normalized(key)) ?? []) {
      const found = read(value);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  get size(): number {
    return this.#values.size;
  }
}

function normalized(key: string): string {
  return key.trim().replace(/\s+/g, ' ').toLowerCase();
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Whether the line is a rule: at least four dashes or equal signs and nothing else. */
export function isRule(line: string): boolean {
  return /^\s*(?:-{4,}|={4,})\s*$/.test(line);
}

/** A line and the lines indented below it. */
export interface Node {
  readonly text: string;
  readonly children: Node[];
}

/** The outline that the indentation of a text draws; blank lines do not count. */
export function outlineOf(text: string): Node[] {
  const roots: Node[] = [];
  const open: { indent: number; node: Node }[] = [];
  for (const line of linesOf(text)) {
    if (line.trim() === '') continue;
    const indent = indentOf(line);
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const node: Node = { text: line.trim(), children: [] };
    (open.at(-1)?.node.children ?? roots).push(node);
    open.push({ indent, node });
  }
  return roots;
}

/** Words that stand for "I cannot tell". */
const NOTHING = /^(?:|-+|n\/?a|not a(?:vailable|pplicable)|unknown|none|null|unavailable|not supported)$/i;

/** A name, serial or version with inner runs of blanks made one; undefined for placeholders. */
export function textOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value
    .replace(/\p{Cc}/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return NOTHING.test(text) ? undefined : text;
}

/** The model of a drive without the "ATA" that stands where SCSI drives name their maker. */
export function driveModelOf(value: string | undefined): string | undefined {
  return textOf(value)?.replace(/^ATA (?=\S)/, '');
}

/** A count: decimal digits and nothing else. */
export function countOf(value: string | undefined): number | undefined {
  const text = value?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The number a value starts with, "4049 mV", "-11 mA"; thousands are not grouped by any tool. */
export function leadingNumber(value: string | undefined): number | undefined {
  const found = /^\s*(-?\d{1,15}(?:\.\d{1,9})?)(?![\d.])/.exec(value ?? '');
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

const POWERS: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4, P: 5 };

/**
 * "893.750 GB", "1023MB", "1.7 TiB" in bytes. Tools print GB and mean GiB, except where a drive
 * maker's decimal size is shown: `base` says which one holds here; "GiB" always says so itself.
 */
export function bytesOf(value: string | undefined, base: 1000 | 1024 = 1024): number | undefined {
  const found = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([KMGTP]?)(i?)B\b/i.exec(value ?? '');
  if (found?.[1] === undefined) return undefined;
  const power = POWERS[(found[2] ?? '').toUpperCase()] ?? 0;
  return Math.round(Number(found[1]) * (found[3] === '' ? base : 1024) ** power);
}

/** "35C (95.00 F)", "54 C/ 129 F (Normal)", "31 deg C"; undefined for Fahrenheit only and for no reading. */
export function celsiusOf(value: string | undefined): number | undefined {
  const found = /^\s*(-?\d{1,3}(?:\.\d{1,3})?)\s*(?:°\s*|deg(?:rees?)?\.?\s*)?C(?:el[cs]ius)?\b/i.exec(
    value ?? '',
  );
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/** "47%", "100 percent", "98.00%" as a ratio; undefined above 100, which only defects print. */
export function ratioOf(value: string | undefined): number | undefined {
  const found = /^\s*(\d{1,3}(?:\.\d{1,3})?)\s*(?:%|percent\b)/i.exec(value ?? '');
  if (found?.[1] === undefined) return undefined;
  const percent = Number(found[1]);
  // Dividing by 100 would turn 98.7 into 0.9870000000000001.
  return percent > 100 ? undefined : Number((percent / 100).toFixed(6));
}

/** The first percentage anywhere in a text. */
export function progressOf(text: string): number | undefined {
  return ratioOf(/\d{1,3}(?:\.\d{1,3})?\s*(?:%|percent\b)/i.exec(text)?.[0]);
}

export function booleanOf(value: string | undefined): boolean | undefined {
  if (/^\s*(?:yes|true|on|enabled?)\b/i.test(value ?? '')) return true;
  if (/^\s*(?:no|false|off|disabled?)\b/i.test(value ?? '')) return false;
  return undefined;
}

/** "RAID 1+0", "RAID-10", "6 Reed-Solomon", "raid6", "RAID 6 (ADG)" as "raid10", "raid6". */
export function levelOf(value: string | undefined): string | undefined {
  const text = (value ?? '').trim().toLowerCase();
  if (/^(?:jbod|linear|multipath|concatenat|simple_?volume|single|volume)/.test(text)) {
    return text.startsWith('multipath') ? 'multipath' : text.startsWith('jbod') ? 'jbod' : 'linear';
  }
  const found = /^(?:raid[ _-]?(?:level)?\s*)?(\d\s?\+\s?\d|\d{1,2}(?:e{1,2})?)(?![\d])/.exec(text);
  // Advanced data guarding is HP's older name of it.
  if (/^(?:raid )?adg\b/.test(text)) return 'raid6';
  const digits = found?.[1]?.replace(/[\s+]/g, '') ?? '';
  return LEVELS.has(digits) ? `raid${digits}` : undefined;
}

const LEVELS: ReadonlySet<string> = new Set('0 1 2 3 4 5 6 7 10 50 60 00 01 1e 5e 5ee'.split(' '));

/** What a controller does in the background, from the name it gives to it. */
export function taskKindOf(text: string): TaskKind {
  if (/rebuild|recover|copy\s?back|spare\s?activ/i.test(text)) return 'rebuild';
  if (/resync|synchroni[sz]/i.test(text)) return 'resync';
  if (/initiali[sz]|\bbgi\b|\bfgi\b|\bbuild\b|\binit\b/i.test(text)) return 'initialize';
  if (/migrat|reconstruct|transform|expan|reshap|reconfig|shrink|morph/i.test(text)) return 'migrate';
  if (/check|verif|consisten|patrol|scrub|\bcc\b|surface/i.test(text)) return 'check';
  if (/erase|clear|saniti[sz]e|zero/i.test(text)) return 'erase';
  return 'other';
}

/** "3 Min.", "1 hr 26 mins", "17.0min", "2 days 3 hours" in seconds. */
export function durationOf(text: string | undefined): number | undefined {
  let seconds: number | undefined;
  for (const part of (text ?? '').matchAll(
    /(\d{1,9}(?:\.\d{1,3})?)\s*(d|day|h|hr|hour|m|min|minute|s|sec|second)s?\b/gi,
  )) {
    const unit = (part[2] ?? '').charAt(0).toLowerCase();
    const factor = unit === 'd' ? 86_400 : unit === 'h' ? 3600 : unit === 'm' ? 60 : 1;
    seconds = (seconds ?? 0) + Number(part[1]) * factor;
  }
  return seconds;
}

/** `sata`, `sas`, `scsi`, `nvme` out of an interface name. */
export function protocolOf(value: string | undefined): 'sata' | 'sas' | 'scsi' | 'nvme' | undefined {
  const text = value ?? '';
  if (/nvme|pcie/i.test(text)) return 'nvme';
  if (/\bsata|serial ata/i.test(text)) return 'sata';
  if (/\bsas|serial attached/i.test(text)) return 'sas';
  return /\bscsi|ultra\s?\d|\bu320/i.test(text) ? 'scsi' : undefined;
}

/** `ssd` or `hdd` out of a medium, type or interface name. */
export function mediumOf(value: string | undefined): 'hdd' | 'ssd' | undefined {
  if (/\bssd\b|_ssd\b|solid state|nvme/i.test(value ?? '')) return 'ssd';
  return /\bhdd\b|_hdd\b|hard disk|rotat/i.test(value ?? '') ? 'hdd' : undefined;
}

/** What the first pattern that fits a word means; undefined when none does. */
export function wordOf<T>(given: string, words: readonly (readonly [RegExp, T])[]): T | undefined {
  return words.find(([pattern]) => pattern.test(given))?.[1];
}
