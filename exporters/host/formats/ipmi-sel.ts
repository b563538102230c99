import { eventSeverity, type IpmiSeverity } from './ipmi-sensors.ts';
import { booleanOf, countOf, Fields, linesOf, pairOf, ratioOf, textOf } from './tool-text.ts';

/** `ipmitool sel info`. */
export interface SelInfo {
  readonly entries: number | undefined;
  /** Undefined where the controller only says "or more". */
  readonly freeBytes: number | undefined;
  /** 0 to 1. */
  readonly usedRatio: number | undefined;
  /** The log was full and lost events. */
  readonly overflow: boolean | undefined;
}

/** Undefined when the text is not what the command prints. */
export function parseSelInfo(text: string): SelInfo | undefined {
  const fields = pairsOf(text);
  const entries = countOf(fields.get('Entries'));
  const free = /^(?<bytes>\d{1,9}) bytes(?<rest>.*)$/.exec(fields.get('Free Space') ?? '')?.groups;
  const units = countOf(fields.get('# of Alloc Units'));
  const freeUnits = countOf(fields.get('# Free Units'));
  const info: SelInfo = {
    entries,
    freeBytes: free === undefined || /more/i.test(free['rest'] ?? '') ? undefined : Number(free['bytes']),
    usedRatio: usedRatio(units, freeUnits) ?? ratioOf(fields.get('Percent Used')),
    overflow: booleanOf(fields.get('Overflow')),
  };
  return entries === undefined && free === undefined ? undefined : info;
}

/** Allocation units are exact; the percentage is rounded and unknown beyond 64 KiB. */
function usedRatio(units: number | undefined, free: number | undefined): number | undefined {
  if (units === undefined || free === undefined || units === 0 || free > units) return undefined;
  return Number(((units - free) / units).toFixed(6));
}

/** Pairs "Key : value" of a whole output. */
export function pairsOf(text: string): Fields {
  const fields = new Fields();
  for (const line of linesOf(text)) {
    const pair = pairOf(line);
    if (pair !== undefined) fields.add(pair.key, pair.value);
  }
  return fields;
}

/** One entry of `sel list` or `sel elist`. */
export interface SelEvent {
  readonly id: number;
  /**
   * Seconds since the epoch as if the clock of the controller ran on UTC, which only its owner
   * knows; undefined for events from before the clock was set.
   */
  readonly time: number | undefined;
  /** The output names UTC as its zone: `time` is right as it is. */
  readonly isUtc: boolean;
  /** "Power Supply PS2 Status", "Memory #0x53". */
  readonly sensor: string;
  readonly event: string;
  /** Undefined for records without a direction. */
  readonly asserted: boolean | undefined;
  /** Of an assertion; the end of a condition is nominal. */
  readonly severity: IpmiSeverity | undefined;
}

/** Entries in the order of the log; other lines and records of the maker's own form are passed over. */
export function parseSelEvents(text: string): SelEvent[] {
  return linesOf(text).flatMap((line) => {
    const cells = (line.includes('|') ? line.split('|') : line.split(',')).map((cell) => cell.trim());
    const [id = '', date = '', time = '', sensor = '', event = '', direction = ''] = cells;
    if (
      cells.length < 5 ||
      !/^[0-9a-f]{1,4}$/i.test(id) ||
      [date, sensor].some((cell) => /^OEM record/i.test(cell))
    )
      return [];
    const named = textOf(sensor);
    const told = textOf(event);
    if (named === undefined || told === undefined) return [];
    const asserted = /^asserted/i.test(direction) ? true : /^deasserted/i.test(direction) ? false : undefined;
    return [
      {
        id: Number.parseInt(id, 16),
        time: timeOf(date, time),
        isUtc: /\bUTC\b/.test(time),
        sensor: named,
        event: told,
        asserted,
        severity: asserted === false ? 'nominal' : eventSeverity(told),
      },
    ];
  });
}

/** "11/15/2012" or, by the locale in newer versions, "11/15/12" and "2012-11-15"; "17:20:41 UTC", "05:20:41 PM UTC". */
function timeOf(date: string, time: string): number | undefined {
  const day = (DAY_AMERICAN.exec(date) ?? DAY_ISO.exec(date))?.groups;
  const clock = /^(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})(?: (?<half>[AP])M)?\b/.exec(time)?.groups;
  if (day === undefined || clock === undefined) return undefined;
  const year = Number(day['year']);
  const fullYear = year >= 100 ? year : year >= 70 ? 1900 + year : 2000 + year;
  const [month, dayOfMonth] = [Number(day['month']), Number(day['day'])];
  const [minute, second] = [Number(clock['minute']), Number(clock['second'])];
  const half = clock['half'];
  const hour =
    half === undefined ? Number(clock['hour']) : (Number(clock['hour']) % 12) + (half === 'P' ? 12 : 0);
  const milliseconds = Date.UTC(fullYear, month - 1, dayOfMonth, hour, minute, second);
  const back = new Date(milliseconds);
  // Date.UTC carries a 45th of July over into August; such a date is damage.
  const real =
    back.getUTCMonth() === month - 1 && back.getUTCDate() === dayOfMonth && hour < 24 && minute < 60;
  // Controllers without a clock count from 1970; nothing was logged before IPMI existed.
  return real && fullYear >= 1998 ? milliseconds / 1000 : undefined;
}

const DAY_AMERICAN = /^(?<month>\d{2})\/(?<day>\d{2})\/(?<year>\d{4}|\d{2})$/;
const DAY_ISO = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/;
