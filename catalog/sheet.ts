import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '../lib/config.ts';
import { PgfleetError } from '../lib/errors.ts';

/** A calendar day, `2026-08-22`; milliseconds since the epoch at its start in UTC after loading. */
export const daySchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .transform((day, refinement) => {
    const at = Date.parse(`${day}T00:00:00Z`);
    if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(day)) return at;
    refinement.addIssue({ code: 'custom', message: `expected a day of the calendar, found ${day}` });
    return z.NEVER;
  });

export const confidenceSchema = z.enum(['high', 'medium', 'low']);

export type Confidence = z.output<typeof confidenceSchema>;

/** What every catalog file says about itself, before its facts. */
export const headShape = {
  /** The name of the file without `.yml`. */
  catalog: z.string(),
  source: z.string().min(1),
  licence: z.string().optional(),
  /** The day on which the facts were held against the source. */
  checked_on: daySchema,
  confidence: confidenceSchema,
  /** Of an overlay: it covers the whole catalog, so the date of the catalog is its own. */
  complete: z.boolean().default(false),
};

export interface Head {
  readonly catalog: string;
  readonly source: string;
  readonly licence?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly checked_on: number;
  readonly confidence: Confidence;
  readonly complete: boolean;
}

export interface SheetFolders {
  readonly shipped: string;
  /** Folders with files of the same names, the later one wins: what was imported, then the user's own. */
  readonly overlays: readonly string[];
}

/**
 * Reads `<name>.yml` from the shipped folder and from the overlays that have one, whose facts `merge` lays over those
 * below. Throws ConfigError with file, line and column.
 */
export function loadSheet<T extends Head>(
  name: string,
  folders: SheetFolders,
  schema: z.ZodType<T>,
  merge: (below: T, overlay: T) => T,
): T {
  const shipped = readSheet(join(folders.shipped, `${name}.yml`), name, schema);
  const files = folders.overlays.map((folder) => join(folder, `${name}.yml`)).filter(existsSync);
  return files.reduce((below, file) => {
    const overlay = readSheet(file, name, schema);
    const { checked_on, source, confidence } = overlay.complete ? overlay : below;
    return { ...merge(below, overlay), checked_on, source, confidence };
  }, shipped);
}

function readSheet<T extends Head>(file: string, name: string, schema: z.ZodType<T>): T {
  const sheet = parseConfig(schema, { file, text: readFileSync(file, 'utf8'), env: {} });
  if (sheet.catalog === name) return sheet;
  throw new PgfleetError('config', `${file}: catalog: expected ${name}, found ${sheet.catalog}`);
}
