import { z } from 'zod';
import { patternSchema } from './pattern.ts';
import { type Head, headShape, loadSheet, type SheetFolders } from './sheet.ts';

const common = { id: z.string(), days: z.number().positive() };

const limitSchema = z.discriminatedUnion('what', [
  z.strictObject({
    ...common,
    what: z.literal('kernel'),
    kernel: patternSchema,
    machine: z.string().optional(),
    fixed_in: z.array(z.string().regex(/^[\d.-]+$/)).min(1),
  }),
  z.strictObject({ ...common, what: z.literal('processor'), processor: z.string().regex(/^\d+:\d+$/) }),
]);

const schema = z.strictObject({ ...headShape, limits: z.array(limitSchema) });

type Limit = Readonly<z.output<typeof limitSchema>>;

export interface UptimeLimitSheet extends Head {
  readonly limits: readonly Limit[];
}

export function loadUptimeLimits(folders: SheetFolders): UptimeLimitSheet {
  return loadSheet<UptimeLimitSheet>('uptime-limits', folders, schema, (shipped, overlay) => ({
    ...shipped,
    limits: [...overlay.limits, ...shipped.limits],
  }));
}

export interface Running {
  /** As uname prints it: "2.6.32-71.el6.x86_64". */
  readonly kernel: string;
  /** "x86_64"; undefined where it is not known. */
  readonly machine: string | undefined;
  /** "family:model", decimal. */
  readonly processor: string | undefined;
}

/** The limits a machine runs into unless it is rebooted before. */
export function uptimeLimits(sheet: UptimeLimitSheet, running: Running): readonly Limit[] {
  return sheet.limits.filter((limit) =>
    limit.what === 'processor' ? limit.processor === running.processor : hasKernelFault(limit, running),
  );
}

function hasKernelFault(limit: Extract<Limit, { what: 'kernel' }>, { kernel, machine }: Running): boolean {
  const { source, flags } = limit.kernel;
  if (!new RegExp(`^(?:${source})$`, flags).test(kernel)) return false;
  if (limit.machine !== undefined && limit.machine !== machine) return false;
  const own = numbers(kernel.replace(/\.el\d.*$/, ''));
  // Extended updates repair an older branch: 2.6.32-131.26.1 is repaired, 2.6.32-220 is not.
  const branches = limit.fixed_in.map(numbers);
  const branch = branches.find((fixed) => sameBranch(own, fixed)) ?? branches.at(-1) ?? [];
  return compare(own, branch) < 0;
}

/** Version and first number of the release: "2.6.32-131". */
const BRANCH_LENGTH = 4;

function sameBranch(one: readonly number[], other: readonly number[]): boolean {
  return compare(one.slice(0, BRANCH_LENGTH), other.slice(0, BRANCH_LENGTH)) === 0;
}

function numbers(text: string): number[] {
  return text.split(/[.-]/).map(Number);
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
