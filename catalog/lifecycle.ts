import { z } from 'zod';
import { daySchema } from './sheet.ts';

const DAY_MS = 86_400_000;

/** From this many days before its end a version counts as ending: time to plan the upgrade. */
export const ENDING_DAYS = 180;

/** Facts that nobody checked for so many days promise nothing any more. */
export const STALE_DAYS = 400;

/**
 * A day, or what the sources say instead of one: false for "no end announced", true for "ended, day not given",
 * unknown for sources that contradict each other. None is a promise, so none makes a version supported.
 */
export const endSchema = z.union([daySchema, z.boolean(), z.literal('unknown')]);

export type End = z.output<typeof endSchema>;

export type SupportStatus = 'supported' | 'ending' | 'ended' | 'unknown';

export interface Support {
  readonly status: SupportStatus;
  /** Start of the last supported day, in milliseconds since the epoch. */
  readonly eol?: number;
  /** Whole days until the last supported day is over; negative once it is. */
  readonly daysLeft?: number;
  /** Why nothing is known. */
  readonly reason?: string;
}

/** What the catalog says about the life of a release. */
export interface Life {
  readonly released?: End | undefined;
  readonly eol?: End | undefined;
  /** When that was checked, in milliseconds since the epoch. */
  readonly checkedOn: number;
}

/**
 * Judges an end of support at a moment. The last day is supported until its end, in UTC. Only facts that are fresh and
 * fit together make a version supported; an end that has come, or is near, is said however old they are.
 */
export function support({ released, eol: end, checkedOn }: Life, now: number): Support {
  if (end === undefined) return unknown('the catalog gives no end of support');
  if (end === false) return unknown('no end of support was announced when the catalog was checked');
  if (end === 'unknown') return unknown('what the catalog was made from contradicts itself');
  if (end === true) return { status: 'ended' };
  if (typeof released === 'number' && released > end)
    return unknown('by the catalog its support ends before it was released');
  const verdict = verdictOn(end, now);
  if (verdict.status !== 'supported' || now - checkedOn <= STALE_DAYS * DAY_MS) return verdict;
  return unknown(`the catalog was last checked on ${new Date(checkedOn).toISOString().slice(0, 10)}`);
}

function verdictOn(end: number, now: number): Support {
  const daysLeft = Math.ceil((end + DAY_MS - now) / DAY_MS);
  const over = now >= end + DAY_MS;
  return { status: over ? 'ended' : daysLeft <= ENDING_DAYS ? 'ending' : 'supported', eol: end, daysLeft };
}

/** The verdict on something of which nothing is known. */
export function unknown(reason: string): Support {
  return { status: 'unknown', reason };
}
