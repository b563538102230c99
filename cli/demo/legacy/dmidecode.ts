import { type ComposedSection, command } from './capture-text.ts';

/** What the firmware of a composed machine says of its parts. */
export interface Firmware {
  /** Version of dmidecode: it decides how speeds and sizes are printed. */
  readonly tool: string;
  readonly smbios: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly bios: { readonly vendor: string; readonly version: string; readonly date: string };
  readonly board: { readonly product: string; readonly version: string };
  readonly height: string;
  readonly processors: readonly FirmwareProcessor[];
  readonly memory: { readonly maximum: string; readonly slots: readonly FirmwareSlot[] };
  readonly powerSupplies: readonly FirmwarePower[];
}

export interface FirmwareProcessor {
  readonly socket: string;
  readonly version: string;
  readonly model: number;
  readonly stepping: number;
  readonly megahertz: number;
  readonly cores: number;
}

export interface FirmwareSlot {
  readonly locator: string;
  readonly bank: string;
  /** An empty slot has no module. */
  readonly module?: {
    readonly megabytes: number;
    readonly formFactor: string;
    readonly type: string;
    readonly rated: number;
    readonly configured: number;
    readonly maker: string;
    readonly part: string;
  };
}

export interface FirmwarePower {
  readonly location: string;
  readonly model: string;
  readonly watts: number;
  readonly status: string;
  readonly plugged: boolean;
}

/** `dmidecode` as root. */
export function dmidecode(firmware: Firmware): ComposedSection {
  const records = recordsOf(firmware);
  const printed = records.map(({ type, title, fields }, index) => {
    const rows = Object.entries(fields).map(([key, value]) => `\t${key}: ${value}`);
    return [`Handle ${handle(index)}, DMI type ${type}, 34 bytes`, title, ...rows].join('\n');
  });
  const output = `# dmidecode ${firmware.tool}
SMBIOS ${firmware.smbios} present.
${records.length} structures occupying ${records.length * 71} bytes.
Table at 0x000EC2A0.

${printed.join('\n\n')}

Handle 0xFEFF, DMI type 127, 4 bytes
End Of Table
`;
  return command('dmidecode', '/usr/sbin/dmidecode', output, { seconds: 0.31 });
}

interface DmiRecord {
  readonly type: number;
  readonly title: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

function handle(index: number): string {
  return `0x${(0x100 + index).toString(16).toUpperCase().padStart(4, '0')}`;
}

function recordsOf(firmware: Firmware): DmiRecord[] {
  const { vendor, product, serial, bios, board, height, processors, memory, powerSupplies } = firmware;
  const head: DmiRecord[] = [
    {
      type: 0,
      title: 'BIOS Information',
      fields: {
        Vendor: bios.vendor,
        Version: bios.version,
        'Release Date': bios.date,
        'ROM Size': '4096 kB',
      },
    },
    {
      type: 1,
      title: 'System Information',
      fields: {
        Manufacturer: vendor,
        'Product Name': product,
        Version: 'Not Specified',
        'Serial Number': serial,
        'Wake-up Type': 'Power Switch',
        Family: 'Not Specified',
      },
    },
    {
      type: 2,
      title: 'Base Board Information',
      fields: {
        Manufacturer: vendor,
        'Product Name': board.product,
        Version: board.version,
        'Serial Number': `..${serial}..BOARD.`,
      },
    },
    {
      type: 3,
      title: 'Chassis Information',
      fields: {
        Manufacturer: vendor,
        Type: 'Rack Mount Chassis',
        'Serial Number': serial,
        Height: height,
        'Number Of Power Cords': Math.max(1, powerSupplies.length),
      },
    },
    ...processors.map(processorRecord),
  ];
  const array: DmiRecord = {
    type: 16,
    title: 'Physical Memory Array',
    fields: {
      Location: 'System Board Or Motherboard',
      Use: 'System Memory',
      'Error Correction Type': 'Multi-bit ECC',
      'Maximum Capacity': memory.maximum,
      'Error Information Handle': 'Not Provided',
      'Number Of Devices': memory.slots.length,
    },
  };
  const arrayHandle = handle(head.length);
  return [
    ...head,
    array,
    ...memory.slots.map((slot) => slotRecord(slot, arrayHandle, firmware.tool)),
    ...powerSupplies.map((supply) => powerRecord(supply, vendor)),
  ];
}

function processorRecord(cpu: FirmwareProcessor): DmiRecord {
  return {
    type: 4,
    title: 'Processor Information',
    fields: {
      'Socket Designation': cpu.socket,
      Type: 'Central Processor',
      Family: 'Xeon',
      Manufacturer: 'Intel',
      Signature: `Type 0, Family 6, Model ${cpu.model}, Stepping ${cpu.stepping}`,
      Version: cpu.version,
      'Max Speed': '3600 MHz',
      'Current Speed': `${cpu.megahertz} MHz`,
      Status: 'Populated, Enabled',
      Upgrade: 'Socket LGA',
      'Core Count': cpu.cores,
      'Core Enabled': cpu.cores,
      'Thread Count': cpu.cores,
    },
  };
}

/** From 3.0 on speeds are transfers; from 3.2 on the actual one has another name. */
function slotRecord({ locator, bank, module }: FirmwareSlot, array: string, tool: string): DmiRecord {
  const unit = Number(tool) >= 3 ? 'MT/s' : 'MHz';
  const actual = Number(tool) >= 3.2 ? 'Configured Memory Speed' : 'Configured Clock Speed';
  const width = { 'Array Handle': array, 'Total Width': '72 bits', 'Data Width': '64 bits' };
  const place = { Set: 'None', Locator: locator, 'Bank Locator': bank };
  const fields =
    module === undefined
      ? {
          'Array Handle': array,
          'Total Width': 'Unknown',
          'Data Width': 'Unknown',
          Size: 'No Module Installed',
          'Form Factor': 'DIMM',
          ...place,
          Type: 'Unknown',
          Speed: 'Unknown',
          Manufacturer: 'Not Specified',
        }
      : {
          ...width,
          Size: sizeText(module.megabytes, tool),
          'Form Factor': module.formFactor,
          ...place,
          Type: module.type,
          'Type Detail': 'Synchronous Registered (Buffered)',
          Speed: `${module.rated} ${unit}`,
          Manufacturer: module.maker,
          'Serial Number': '00000000',
          'Asset Tag': 'Not Specified',
          'Part Number': module.part,
          // Older tables end before it.
          ...(Number(tool) < 2.12 ? {} : { Rank: 2, [actual]: `${module.configured} ${unit}` }),
        };
  return { type: 17, title: 'Memory Device', fields };
}

function sizeText(megabytes: number, tool: string): string {
  return Number(tool) >= 3.3 && megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`;
}

function powerRecord({ location, model, watts, status, plugged }: FirmwarePower, maker: string): DmiRecord {
  return {
    type: 39,
    title: 'System Power Supply',
    fields: {
      Location: location,
      Name: 'PWR SPLY,RDNT',
      Manufacturer: maker,
      'Model Part Number': model,
      'Max Power Capacity': `${watts} W`,
      Status: status,
      Type: 'Switching',
      'Input Voltage Range Switching': 'Auto-switch',
      Plugged: plugged ? 'Yes' : 'No',
      'Hot Replaceable': 'Yes',
    },
  };
}
