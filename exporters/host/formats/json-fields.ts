import { z } from 'zod';

/** Reading JSON of tools whose versions differ, each field for itself. */

/** A field that is missing, or not what it should be, is undefined: one damaged field costs itself only. */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

export const number = maybe(z.number());
export const flag = maybe(z.boolean());
export const text = maybe(z.string().transform((value) => value.trim() || undefined));
export const list = z.array(z.unknown()).catch([]);
export const record = z.record(z.string(), z.unknown()).catch({});

/** The items that have the promised shape; the others are passed over. */
export function readAll<T>(items: readonly unknown[], schema: z.ZodType<T>): T[] {
  return items.flatMap((item) => {
    const { success, data } = schema.safeParse(item);
    return success ? [data] : [];
  });
}
