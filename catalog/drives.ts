import { z } from 'zod';
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

const schema = z.strictObject({
  ...headShape,
  design_life_hours: z.number().positive(),
  attributes: z.record(z.string().regex(/^\d+$/), attributeSchema),
});

type Attribute = Readonly<z.output<typeof attributeSchema>>;

export interface DriveSheet extends Head {
  readonly design_life_hours: number;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export function loadDrives(folders: SheetFolders): DriveSheet {
  return loadSheet<DriveSheet>('drives', folders, schema, (shipped, overlay) => ({
    ...shipped,
    design_life_hours: overlay.design_life_hours,
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
