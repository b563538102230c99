import { z } from 'zod';
import { ParseError } from '../lib/errors.ts';

/**
 * Source: exports of https://endoflife.date, MIT licence; only dates and versions are taken, never its prose
 *         https://endoflife.date/docs/api/v1/
 * Shape:  v1: {"schema_version","generated_at","result": product or [product]}, product {"name","aliases","releases":
 *         [{"name","codename","releaseDate","isEol","eolFrom","eoesFrom","latest":{"name","date"}}]};
 *         before v1, one product a file and its name not in it: [{"cycle","releaseDate","eol","extendedSupport","latest",
 *         "latestReleaseDate"}], where eol is a day, or true or false without one
 */
export interface Export {
  /** Day on which it was made, as 2026-11-28; undefined in exports of before v1. */
  readonly madeOn: string | undefined;
  readonly products: readonly ExportedProduct[];
}

export interface ExportedProduct {
  /** Name and aliases, the name first. */
  readonly names: readonly string[];
  readonly releases: readonly ExportedRelease[];
}

/** A release, days as 2026-11-28. */
export interface ExportedRelease {
  readonly version: string;
  readonly codename: string | undefined;
  readonly released: string | undefined;
  readonly eol: string | boolean | undefined;
  /** Whether it had ended when the export was made, by the export itself; undefined where it does not say. */
  readonly ended: boolean | undefined;
  readonly extendedUntil: string | boolean | undefined;
  readonly latest: string | undefined;
  readonly latestOn: string | undefined;
}

const day = z.iso.date();
const optionalDay = day.nullish();
const flag = z.boolean().nullish();

const releaseSchema = z.object({
  name: z.string(),
  codename: z.string().nullish(),
  releaseDate: optionalDay,
  isEol: flag,
  eolFrom: optionalDay,
  isEoes: flag,
  eoesFrom: optionalDay,
  latest: z.object({ name: z.string(), date: optionalDay }).nullish(),
});

const productSchema = z.object({
  name: z.string(),
  aliases: z.array(z.string()).default([]),
  releases: z.array(releaseSchema).min(1),
});

const exportSchema = z.object({
  schema_version: z.string().regex(/^1\./, 'expected version 1'),
  generated_at: z.iso.datetime({ offset: true }).nullish(),
  result: z.union([productSchema.transform((product) => [product]), z.array(productSchema)]),
});

const text = z.union([z.string(), z.number().transform(String)]);
const dayOrFlag = z.union([day, z.boolean()]).nullish();

const cyclesSchema = z
  .array(
    z.object({
      cycle: text,
      codename: z.string().nullish(),
      releaseDate: optionalDay,
      eol: dayOrFlag,
      extendedSupport: dayOrFlag,
      latest: text.nullish(),
      latestReleaseDate: optionalDay,
    }),
  )
  .min(1);

/** Reads either form; `product` names the product of a file of before v1. Throws ParseError for anything else. */
export function parseExport(where: string, json: string, product: string | undefined): Export {
  const value = parseJson(where, json);
  if (Array.isArray(value)) {
    const cycles = check(cyclesSchema, where, value);
    if (product === undefined)
      throw new ParseError(where, 'a file called as its product, such as postgresql.json', 'no name');
    return { madeOn: undefined, products: [{ names: [product], releases: cycles.map(fromCycle) }] };
  }
  const { generated_at: madeAt, result } = check(exportSchema, where, value);
  return {
    madeOn: madeAt?.slice(0, 10),
    products: result.map(({ name, aliases, releases }) => ({
      names: [name, ...aliases],
      releases: releases.map(fromRelease),
    })),
  };
}

function parseJson(where: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ParseError(where, 'JSON as https://endoflife.date exports it', json, { cause: error });
  }
}

function check<S extends z.ZodType>(schema: S, where: string, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ParseError(
    where,
    'an export of https://endoflife.date',
    `${issue?.path.join('.')}: ${issue?.message}`,
  );
}

function fromRelease(release: z.output<typeof releaseSchema>): ExportedRelease {
  const { name, codename, releaseDate, isEol, eolFrom, isEoes, eoesFrom, latest } = release;
  return {
    version: name,
    codename: codename ?? undefined,
    released: releaseDate ?? undefined,
    eol: eolFrom ?? isEol ?? undefined,
    ended: isEol ?? undefined,
    extendedUntil: eoesFrom ?? isEoes ?? undefined,
    latest: latest?.name,
    latestOn: latest?.date ?? undefined,
  };
}

function fromCycle(cycle: z.output<typeof cyclesSchema>[number]): ExportedRelease {
  return {
    version: cycle.cycle,
    codename: cycle.codename ?? undefined,
    released: cycle.releaseDate ?? undefined,
    eol: cycle.eol ?? undefined,
    ended: undefined,
    extendedUntil: cycle.extendedSupport ?? undefined,
    latest: cycle.latest ?? undefined,
    latestOn: cycle.latestReleaseDate ?? undefined,
  };
}
