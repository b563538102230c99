import { z } from 'zod';

/** A regular expression of a catalog file, compiled; the problem is named when it is none. */
export const patternSchema = pattern('');

/** The same for names that vendors write in any case. */
export const caselessPatternSchema = pattern('i');

function pattern(flags: string) {
  return z.string().transform((source, refinement): RegExp => {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      refinement.addIssue({
        code: 'custom',
        message: error instanceof Error ? error.message : String(error),
      });
      return z.NEVER;
    }
  });
}
