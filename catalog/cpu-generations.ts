import { z } from 'zod';
import { patternSchema } from './pattern.ts';
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
  match: z.enum(['brand', 'fms', 'arm']),
  pattern: patternSchema,
  microarchitecture: z.string(),
  codename: z.string().optional(),
  launch_year: z.int().optional(),
  memory: z.string().optional(),
  confidence: confidenceSchema,
  notes: z.string().optional(),
});

const schema = z.strictObject({ ...headShape, entries: z.array(entrySchema) });

type Entry = Readonly<z.output<typeof entrySchema>>;

export interface CpuSheet extends Head {
  readonly entries: readonly Entry[];
}

/** The user's own entries come first, so they win. */
export function loadCpuGenerations(folders: SheetFolders): CpuSheet {
  return loadSheet<CpuSheet>('cpu-generations', folders, schema, (shipped, overlay) => ({
    ...shipped,
    entries: [...overlay.entries, ...shipped.entries],
  }));
}

/** A processor as the machine describes itself; whatever is known of it. */
export interface CpuIdentity {
  /** `model name` of /proc/cpuinfo. */
  readonly brand?: string;
  /** x86: `vendor_id` ("GenuineIntel") and the decimal family, model and stepping. */
  readonly x86?: {
    readonly vendor: string;
    readonly family: number;
    readonly model: number;
    readonly stepping?: number;
  };
  /** ARM: `CPU implementer` and `CPU part`, as in /proc/cpuinfo ("0x48", "0xd01"). */
  readonly arm?: { readonly implementer: string; readonly part: string };
}

export interface CpuGeneration {
  readonly vendor: string;
  readonly microarchitecture: string;
  readonly codename?: string;
  /** Absent for virtual processors, and where name and family tell different stories. */
  readonly launchYear?: number;
  readonly memory?: string;
  readonly confidence: Confidence;
  /** The name is one that hypervisors give: nothing follows about the machine. */
  readonly virtual: boolean;
}

/** The generation of a processor; undefined when the catalog does not know it. The name decides, the numbers back it up. */
export function cpuGeneration(sheet: CpuSheet, cpu: CpuIdentity): CpuGeneration | undefined {
  const byName = cpu.brand === undefined ? undefined : find(sheet, 'brand', cpu.brand.trim());
  const byNumber = findByNumber(sheet, cpu);
  const entry = byName ?? byNumber;
  if (entry === undefined) return undefined;
  const { vendor, microarchitecture, codename, launch_year, memory, confidence } = entry;
  const agree = yearsAgree(byName, byNumber);
  return {
    vendor,
    microarchitecture,
    virtual: microarchitecture === 'virtual',
    confidence: agree ? confidence : 'low',
    ...(codename === undefined ? {} : { codename }),
    ...(launch_year === undefined || !agree ? {} : { launchYear: launch_year }),
    ...(memory === undefined ? {} : { memory }),
  };
}

function findByNumber(sheet: CpuSheet, { x86, arm }: CpuIdentity): Entry | undefined {
  if (x86 !== undefined) {
    const { vendor, family, model, stepping } = x86;
    return find(
      sheet,
      'fms',
      [vendor, family, model, ...(stepping === undefined ? [] : [stepping])].join(':'),
    );
  }
  if (arm !== undefined) return find(sheet, 'arm', `${arm.implementer}:${arm.part}`.toLowerCase());
  return undefined;
}

function find(sheet: CpuSheet, match: Entry['match'], text: string): Entry | undefined {
  return sheet.entries.find((entry) => entry.match === match && entry.pattern.test(text));
}

/** One model number spans steppings of neighbouring years; farther apart, one of the two is wrong or masked. */
function yearsAgree(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a?.launch_year === undefined || b?.launch_year === undefined) return true;
  return Math.abs(a.launch_year - b.launch_year) <= 2;
}
