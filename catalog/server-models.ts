import { z } from 'zod';
import { caselessPatternSchema, patternSchema } from './pattern.ts';
import {
  type Confidence,
  confidenceSchema,
  type Head,
  headShape,
  loadSheet,
  type SheetFolders,
} from './sheet.ts';

const entrySchema = z.strictObject({
  vendor: z.string(),
  product: patternSchema,
  /** Absent: any manufacturer. */
  manufacturer: caselessPatternSchema.optional(),
  /** The mainboard's name counts too, whoever put it into a case. */
  board: z.boolean().default(false),
  generation: z.string().optional(),
  launch_year: z.int().optional(),
  confidence: confidenceSchema,
  notes: z.string().optional(),
});

const schema = z.strictObject({ ...headShape, entries: z.array(entrySchema) });

type Entry = Readonly<z.output<typeof entrySchema>>;

export interface ServerModelSheet extends Head {
  readonly entries: readonly Entry[];
}

/** The user's own entries come first, so they win. */
export function loadServerModels(folders: SheetFolders): ServerModelSheet {
  return loadSheet<ServerModelSheet>('server-models', folders, schema, (shipped, overlay) => ({
    ...shipped,
    entries: [...overlay.entries, ...shipped.entries],
  }));
}

/** A machine as its firmware describes it (DMI). */
export interface MachineIdentity {
  readonly manufacturer: string;
  readonly product: string;
  /** Mainboard; decides for machines built from parts, whose product name is a placeholder. */
  readonly board?: string;
}

export interface ServerModel {
  readonly vendor: string;
  readonly generation?: string;
  /** First year of sale of the generation: the machine is not older. Absent for virtual machines. */
  readonly launchYear?: number;
  readonly confidence: Confidence;
  readonly virtual: boolean;
}

/** The generation of a server; undefined when the catalog does not know it. */
export function serverModel(sheet: ServerModelSheet, machine: MachineIdentity): ServerModel | undefined {
  const entry = sheet.entries.find((candidate) => fits(candidate, machine));
  if (entry === undefined) return undefined;
  const { vendor, generation, launch_year, confidence } = entry;
  return {
    vendor,
    confidence,
    virtual: generation === 'virtual',
    ...(generation === undefined ? {} : { generation }),
    ...(launch_year === undefined ? {} : { launchYear: launch_year }),
  };
}

function fits({ manufacturer, product, board }: Entry, machine: MachineIdentity): boolean {
  const built = manufacturer === undefined || manufacturer.test(machine.manufacturer);
  if (built && product.test(machine.product)) return true;
  return board && machine.board !== undefined && product.test(machine.board);
}
