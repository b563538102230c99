import { z } from 'zod';
import { type End, endSchema, type Support, support, unknown } from './lifecycle.ts';
import { daySchema, type Head, headShape, loadSheet, type SheetFolders } from './sheet.ts';

const majorSchema = z.strictObject({
  released: daySchema.optional(),
  eol: endSchema.optional(),
  latest_minor: z.string().optional(),
  /** Day of the tag by version, such as "17.4"; null where it is not known. */
  minors: z.record(z.string(), daySchema.nullable()).default({}),
});

const schema = z.strictObject({ ...headShape, majors: z.record(z.string(), majorSchema) });

export interface PostgresMajor {
  readonly released?: number | undefined;
  readonly eol?: End | undefined;
  readonly latest_minor?: string | undefined;
  readonly minors: Readonly<Record<string, number | null>>;
}

export interface PostgresSheet extends Head {
  readonly majors: Readonly<Record<string, PostgresMajor>>;
}

export function loadPostgres(folders: SheetFolders): PostgresSheet {
  return loadSheet<PostgresSheet>('postgresql', folders, schema, (below, overlay) => ({
    ...below,
    majors: {
      ...below.majors,
      ...Object.fromEntries(
        Object.entries(overlay.majors).map(([key, major]) => [key, mergeMajors(below.majors[key], major)]),
      ),
    },
  }));
}

/** An overlay says what it knows better; what it leaves out stays. */
function mergeMajors(below: PostgresMajor | undefined, own: PostgresMajor): PostgresMajor {
  return { ...below, ...own, minors: { ...below?.minors, ...own.minors } };
}

export interface MajorSupport extends Support {
  readonly released?: number;
  readonly latestMinor?: string;
  /** A scheduled release day has passed since the catalog was checked: there is probably a newer minor. */
  readonly latestMinorStale?: boolean;
}

/** What is known about a major version such as "9.6" or "17". */
export function postgresMajor(sheet: PostgresSheet, major: string, now: number): MajorSupport {
  const entry = sheet.majors[major];
  if (entry === undefined) return unknown(`the catalog does not know PostgreSQL ${major}`);
  const { released, eol, latest_minor } = entry;
  const verdict = support({ released, eol, checkedOn: sheet.checked_on }, now);
  return {
    ...verdict,
    ...(released === undefined ? {} : { released }),
    ...(latest_minor === undefined
      ? {}
      : {
          latestMinor: latest_minor,
          latestMinorStale: minorScheduledBetween(sheet.checked_on, lastRelease(eol, now)),
        }),
  };
}

export interface MinorLag {
  /** Releases of the major after this one, as far as the catalog knows. */
  readonly behind: number;
  /** The catalog does not list this version itself, so it may be farther behind than that. */
  readonly atLeast: boolean;
  /** Tag day of the first release this server misses, where it is known. */
  readonly missingSince?: number;
}

/**
 * How many minor releases a version such as "17.4" is behind. Undefined when the catalog does not know the major, or
 * when the server is newer than the catalog.
 */
export function minorLag(sheet: PostgresSheet, version: string): MinorLag | undefined {
  const minors = sheet.majors[majorOf(version)]?.minors;
  if (minors === undefined) return undefined;
  const missing = Object.entries(minors)
    .filter(([minor]) => numberOf(minor) > numberOf(version))
    .sort(([a], [b]) => numberOf(a) - numberOf(b));
  const listed = minors[version] !== undefined;
  if (!listed && missing.length === 0) return undefined;
  const since = missing[0]?.[1];
  return {
    behind: missing.length,
    atLeast: !listed,
    ...(since === undefined || since === null || !listed ? {} : { missingSince: since }),
  };
}

/** "9.6" of "9.6.24", "17" of "17.4": the first two numbers named a major before 10. */
export function majorOf(version: string): string {
  const [first = '', second = ''] = version.split('.');
  return Number(first) < 10 ? `${first}.${second}` : first;
}

function numberOf(minor: string): number {
  return Number(minor.split('.').at(-1));
}

/** Nothing is released after the end; the last minor comes on the day itself. */
function lastRelease(eol: End | undefined, now: number): number {
  return typeof eol === 'number' ? Math.min(now, eol) : now;
}

/**
 * Minors are scheduled for the second Thursday of February, May, August and November
 * (https://www.postgresql.org/developer/roadmap/). The day after `after` up to `now` counts.
 */
function minorScheduledBetween(after: number, now: number): boolean {
  const first = new Date(after);
  const last = new Date(now);
  for (let year = first.getUTCFullYear(); year <= last.getUTCFullYear(); year += 1) {
    for (const month of [1, 4, 7, 10]) {
      const day = secondThursday(year, month);
      if (day > after && day <= now) return true;
    }
  }
  return false;
}

function secondThursday(year: number, month: number): number {
  const weekday = new Date(Date.UTC(year, month, 1)).getUTCDay();
  return Date.UTC(year, month, 1 + ((4 - weekday + 7) % 7) + 7);
}
