import { z } from 'zod';
import { caselessPatternSchema } from './pattern.ts';
import { type Head, headShape, loadSheet, type SheetFolders } from './sheet.ts';

const bucketSchema = z.strictObject({ up_to: z.number().optional(), annual_rate: z.number().positive() });

const attributeSchema = z
  .strictObject({
    name: z.string(),
    /** A sign of a failing disk, rather than of a cable or a load. */
    critical: z.boolean(),
    value: z.enum(['raw', 'normalised']),
    divisor: z.number().positive().default(1),
    buckets: z.array(bucketSchema).min(1),
  })
  .superRefine(({ buckets }, refinement) => {
    const limits = buckets.map(({ up_to }) => up_to ?? Number.POSITIVE_INFINITY);
    const rising = limits.every((limit, index) => index === 0 || limit > (limits[index - 1] ?? 0));
    if (rising && limits.at(-1) === Number.POSITIVE_INFINITY) return;
    refinement.addIssue({
      code: 'custom',
      path: ['buckets'],
      message: 'expected rising limits, the last bucket without one',
    });
  });

const hourLimitSchema = z.strictObject({
  id: z.string(),
  source: z.string(),
  hours: z.number().positive(),
  models: caselessPatternSchema,
  fixed_in: z.string().regex(/^[A-Z]+\d+$/),
});

const schema = z.strictObject({
  ...headShape,
  design_life_hours: z.number().positive(),
  hour_limits: z.array(hourLimitSchema).default([]),
  attributes: z.record(z.string().regex(/^\d+$/), attributeSchema),
});

type Attribute = Readonly<z.output<typeof attributeSchema>>;

type HourLimit = Readonly<z.output<typeof hourLimitSchema>>;

export interface DriveSheet extends Head {
  readonly design_life_hours: number;
  readonly hour_limits: readonly HourLimit[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export function loadDrives(folders: SheetFolders): DriveSheet {
  return loadSheet<DriveSheet>('drives', folders, schema, (shipped, overlay) => ({
    ...shipped,
    design_life_hours: overlay.design_life_hours,
    hour_limits: [...overlay.hour_limits, ...shipped.hour_limits],
    attributes: { ...shipped.attributes, ...overlay.attributes },
  }));
}

export interface FailureProbability {
  /** Failures per disk and year among disks like this one; may exceed 1. */
  readonly annualRate: number;
  /** Chance that this disk fails within a year, 0 to 1. */
  readonly withinYear: number;
  readonly attribute: string;
  readonly critical: boolean;
  /** The bucket that decided: above `over` (when there is one), up to `upTo` (when there is one). */
  readonly bucket: { readonly over?: number; readonly upTo?: number };
}

/** Of a spinning disk, by one SMART attribute; undefined when the table has no such attribute or the value makes no sense. */
export function driveFailureProbability(
  sheet: DriveSheet,
  attribute: number,
  value: number,
): FailureProbability | undefined {
  const table = sheet.attributes[String(attribute)];
  if (table === undefined || !Number.isFinite(value) || value < 0) return undefined;
  const counted = Math.floor(value / table.divisor);
  const index = table.buckets.findIndex(({ up_to = Number.POSITIVE_INFINITY }) => counted <= up_to);
  const bucket = table.buckets[index];
  if (bucket === undefined) return undefined;
  const over = table.buckets[index - 1]?.up_to;
  return {
    annualRate: bucket.annual_rate,
    withinYear: 1 - Math.exp(-bucket.annual_rate),
    attribute: table.name,
    critical: table.critical,
    bucket: {
      ...(over === undefined ? {} : { over }),
      ...(bucket.up_to === undefined ? {} : { upTo: bucket.up_to }),
    },
  };
}

export interface DriveHourLimit {
  /** Names the maker's advisory. */
  readonly id: string;
  /** Power-on hours at which the drive stops for ever. */
  readonly hours: number;
  readonly fixedIn: string;
}

/**
 * The power-on hours a drive with this firmware does not survive; undefined when none are known. A firmware that cannot
 * be compared with the fixed one ("", "GXA3") counts as not fixed: the model is what the maker warns of.
 */
export function driveHourLimit(
  sheet: DriveSheet,
  model: string,
  firmware: string | undefined,
): DriveHourLimit | undefined {
  const limit = sheet.hour_limits.find(({ models }) =>
    new RegExp(`^(?:\\S+\\s+)?(?:${models.source})$`, models.flags).test(model.trim()),
  );
  if (limit === undefined || isFixed(firmware, limit.fixed_in)) return undefined;
  return { id: limit.id, hours: limit.hours, fixedIn: limit.fixed_in };
}

/** "HPD10" is newer than "HPD8": the same letters, then a number. */
function isFixed(firmware: string | undefined, fixedIn: string): boolean {
  const [, letters, number] = /^([A-Z]+)(\d+)$/.exec(firmware?.trim() ?? '') ?? [];
  const [, fixedLetters, fixedNumber] = /^([A-Z]+)(\d+)$/.exec(fixedIn) ?? [];
  return letters !== undefined && letters === fixedLetters && Number(number) >= Number(fixedNumber);
}
