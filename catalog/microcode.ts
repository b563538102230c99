import { z } from 'zod';
import { type Head, headShape, loadSheet, type SheetFolders } from './sheet.ts';

const schema = z.strictObject({
  ...headShape,
  revisions: z.record(
    z.string().regex(/^[0-9a-f]{2}-[0-9a-f]{2}-[0-9a-f]{2}$/),
    z
      .string()
      .regex(/^0x[0-9a-f]{1,8}$/)
      .transform(Number),
  ),
});

export interface MicrocodeSheet extends Head {
  readonly revisions: Readonly<Record<string, number>>;
}

export function loadMicrocode(folders: SheetFolders): MicrocodeSheet {
  return loadSheet<MicrocodeSheet>('microcode', folders, schema, (shipped, overlay) => ({
    ...shipped,
    revisions: { ...shipped.revisions, ...overlay.revisions },
  }));
}

/** The newest revision known for an x86 processor; undefined for one the catalog does not have. */
export function newestMicrocode(
  { revisions }: MicrocodeSheet,
  signature: { readonly family: number; readonly model: number; readonly stepping: number },
): number | undefined {
  const { family, model, stepping } = signature;
  return revisions[[family, model, stepping].map((part) => part.toString(16).padStart(2, '0')).join('-')];
}
