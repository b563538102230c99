import type { Section } from '../capture.ts';
import {
  type DmiRecord,
  type DmiTable,
  firmwareDate,
  knownText,
  parseDmidecode,
  sizeInBytes,
  transfersPerSecond,
} from './dmidecode.ts';

/** The parts of a machine as its firmware lists them; what is a placeholder there is undefined here. */
export interface DmiInventory {
  readonly bios: { readonly vendor: Text; readonly version: Text; readonly date: number | undefined };
  readonly system: {
    readonly manufacturer: Text;
    readonly product: Text;
    readonly version: Text;
    readonly serial: Text;
  };
  readonly board: { readonly manufacturer: Text; readonly product: Text };
  readonly chassis: { readonly manufacturer: Text; readonly type: Text; readonly height: Text };
  readonly processors: readonly DmiProcessor[];
  readonly memory: DmiMemory;
  readonly powerSupplies: readonly DmiPowerSupply[];
  /** False when the table was cut: counts are then lower bounds. */
  readonly complete: boolean;
}

type Text = string | undefined;

export interface DmiProcessor {
  readonly socket: Text;
  readonly populated: boolean;
  readonly disabled: boolean;
  readonly manufacturer: Text;
  readonly model: Text;
  /** x86 only. */
  readonly signature:
    | { readonly family: number; readonly model: number; readonly stepping: number }
    | undefined;
  readonly cores: number | undefined;
  readonly threads: number | undefined;
}

export interface DmiMemory {
  /** "Multi-bit ECC", "None"; undefined where the firmware does not say. */
  readonly errorCorrection: Text;
  readonly maximumBytes: number | undefined;
  readonly slots: readonly DmiMemorySlot[];
}

export interface DmiMemorySlot {
  /** Name of the slot and of its bank, which together tell slots apart. */
  readonly locator: string;
  readonly bank: Text;
  /** Undefined for an empty slot, and for one whose module the firmware cannot read. */
  readonly sizeBytes: number | undefined;
  readonly empty: boolean;
  readonly type: Text;
  readonly ratedTransfersPerSecond: number | undefined;
  readonly configuredTransfersPerSecond: number | undefined;
  readonly manufacturer: Text;
  readonly partNumber: Text;
  readonly rank: Text;
  /** Wider in total than in data: it carries the bits that error correction needs. */
  readonly eccBits: boolean | undefined;
}

export interface DmiPowerSupply {
  readonly location: Text;
  readonly model: Text;
  readonly manufacturer: Text;
  readonly capacityWatts: number | undefined;
  readonly present: boolean;
  readonly plugged: boolean | undefined;
  /** "OK", "Critical", "Non-critical"; undefined where the firmware does not know. */
  readonly health: Text;
}

const known = new WeakMap<Section, DmiInventory>();

/** The inventory of a `dmidecode` section, read once for all collectors; how it ended the caller judges. */
export function inventoryOf(section: Section): DmiInventory {
  const before = known.get(section);
  if (before !== undefined) return before;
  const inventory = dmiInventory(parseDmidecode(section.output));
  known.set(section, inventory);
  return inventory;
}

/** The first record of a kind counts where a machine has one of it: blades and twins repeat their chassis. */
export function dmiInventory({ records, complete }: DmiTable): DmiInventory {
  const first = (type: number) =>
    records.find((record) => record.type === type)?.values ?? new Map<string, string>();
  const all = (type: number) => records.filter((record) => record.type === type);
  const [bios, system, board, chassis] = [first(0), first(1), first(2), first(3)];
  return {
    bios: {
      vendor: knownText(bios.get('Vendor')),
      version: knownText(bios.get('Version')),
      date: firmwareDate(bios.get('Release Date')),
    },
    system: {
      manufacturer: knownText(system.get('Manufacturer')),
      product: knownText(system.get('Product Name')),
      version: knownText(system.get('Version')),
      serial: knownText(system.get('Serial Number')),
    },
    board: {
      manufacturer: knownText(board.get('Manufacturer')),
      product: knownText(board.get('Product Name')),
    },
    chassis: {
      manufacturer: knownText(chassis.get('Manufacturer')),
      type: knownText(chassis.get('Type')),
      height: knownText(chassis.get('Height')),
    },
    processors: all(4).map(processor),
    memory: memory(all(16), all(17)),
    powerSupplies: all(39).map(powerSupply),
    complete,
  };
}

function processor({ values }: DmiRecord): DmiProcessor {
  const status = values.get('Status') ?? '';
  const signature = /Family (?<family>\d+), Model (?<model>\d+), Stepping (?<stepping>\d+)/.exec(
    values.get('Signature') ?? '',
  )?.groups;
  const model = knownText(values.get('Version'));
  // Some firmware fills in a model for an empty socket, some gives no status at all.
  const populated = status === '' ? model !== undefined : !/^Unpopulated/i.test(status);
  return {
    socket: knownText(values.get('Socket Designation')),
    populated,
    disabled: /Disabled/i.test(status),
    manufacturer: knownText(values.get('Manufacturer')),
    model,
    signature: signature && {
      family: Number(signature['family']),
      model: Number(signature['model']),
      stepping: Number(signature['stepping']),
    },
    cores: count(values.get('Core Count')),
    threads: count(values.get('Thread Count')),
  };
}

/** Arrays for flash ROM and caches are listed too; only system memory counts. */
function memory(arrays: readonly DmiRecord[], devices: readonly DmiRecord[]): DmiMemory {
  const others = new Set(
    arrays.filter(({ values }) => !isSystemMemory(values)).map(({ handle }) => handle.toLowerCase()),
  );
  const own = arrays.filter(({ values }) => isSystemMemory(values));
  const maxima = own.map(({ values }) => sizeInBytes(values.get('Maximum Capacity')));
  const known = maxima.filter((bytes) => bytes !== undefined);
  const slots = devices
    .filter(({ values }) => !others.has((values.get('Array Handle') ?? '').toLowerCase()))
    .filter(({ values }) => !/^Flash$/i.test(values.get('Type') ?? ''))
    .map(memorySlot);
  return {
    errorCorrection: own
      .map(({ values }) => values.get('Error Correction Type'))
      .find((text) => text !== undefined && !/^(?:Unknown|<.*>)$/i.test(text)),
    maximumBytes: known.length === 0 ? undefined : known.reduce((sum, bytes) => sum + bytes, 0),
    slots,
  };
}

function isSystemMemory(values: ReadonlyMap<string, string>): boolean {
  const use = values.get('Use');
  return use === undefined || /System Memory|Unknown|<.*>/i.test(use);
}

function memorySlot({ values }: DmiRecord, index: number): DmiMemorySlot {
  const size = values.get('Size');
  const [total, data] = [bits(values.get('Total Width')), bits(values.get('Data Width'))];
  return {
    locator: knownText(values.get('Locator')) ?? `slot ${index + 1}`,
    bank: knownText(values.get('Bank Locator')),
    sizeBytes: sizeInBytes(size),
    empty: /no module|not installed/i.test(size ?? ''),
    type: memoryType(values.get('Type'), values.get('Form Factor')),
    ratedTransfersPerSecond: transfersPerSecond(values.get('Speed')),
    configuredTransfersPerSecond: transfersPerSecond(
      values.get('Configured Memory Speed') ?? values.get('Configured Clock Speed'),
    ),
    manufacturer: knownText(values.get('Manufacturer')),
    partNumber: knownText(values.get('Part Number')),
    rank: knownText(values.get('Rank')),
    eccBits: total === undefined || data === undefined ? undefined : total > data,
  };
}

/** Firmware that predates a kind of memory, or a tool that does, calls it "Other", "DRAM" or worse. */
function memoryType(type: Text, formFactor: Text): Text {
  const text = knownText(type);
  if (text === undefined || /^(?:other|dram|ram|sdram|synchronous)$/i.test(text)) return undefined;
  return text === 'DDR2' && formFactor === 'FB-DIMM' ? 'DDR2 FB-DIMM' : text;
}

function powerSupply({ values }: DmiRecord): DmiPowerSupply {
  const status = values.get('Status') ?? '';
  const plugged = values.get('Plugged');
  return {
    location: knownText(values.get('Location')),
    model: knownText(values.get('Model Part Number')) ?? knownText(values.get('Name')),
    manufacturer: knownText(values.get('Manufacturer')),
    capacityWatts: watts(values.get('Max Power Capacity')),
    present: /^Present/i.test(status),
    plugged: plugged === 'Yes' ? true : plugged === 'No' ? false : undefined,
    health: knownText(/^Present, (?<health>.*)$/i.exec(status)?.groups?.['health']),
  };
}

function count(value: Text): number | undefined {
  return /^[1-9]\d{0,4}$/.test(value ?? '') ? Number(value) : undefined;
}

function bits(value: Text): number | undefined {
  const [, digits] = /^(\d{1,4}) bits$/.exec(value ?? '') ?? [];
  return digits === undefined || digits === '0' ? undefined : Number(digits);
}

function watts(value: Text): number | undefined {
  const [, digits] = /^(\d{1,5}) W$/.exec(value ?? '') ?? [];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}
