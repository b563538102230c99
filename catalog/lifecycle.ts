import { z } from 'zod';
import { daySchema } from './sheet.ts';

const DAY_MS = 86_400_000;

/** From this many days before its end a version counts as ending: time to plan the upgrade. */
export const ENDING_DAYS = 180;

/**
 * A day, or what the sources say instead of one: false for "no end announced" and true for "ended, day not
 * given". Neither is a promise, so neither makes a version supported.
 */
export const endSchema = z.union([daySchema, z.boolean()]);

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

/** Judges an end of support at a moment. The last day is supported until its end, in UTC. */
export function support(end: End | undefined, now: number): Support {
  if (end === undefined) return { status: 'unknown', reason: 'the catalog gives no end of support' };
  if (end === false)
    return { status: 'unknown', reason: 'no end of support was announced when the catalog was checked' };
  if (end === true) return { status: 'ended' };
  const daysLeft = Math.ceil((end + DAY_MS - now) / DAY_MS);
  const over = now >= end + DAY_MS;
  return { status: over ? 'ended' : daysLeft <= ENDING_DAYS ? 'ending' : 'supported', eol: end, daysLeft };
}

/** The verdict on something of which nothing is known. */
export function unknown(reason: string): Support {
  return { status: 'unknown', reason };
}
