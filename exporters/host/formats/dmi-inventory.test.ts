import { describe, expect, it } from 'vitest';
import { dmiInventory } from './dmi-inventory.ts';
import { parseDmidecode } from './dmidecode.ts';

const record = (handle: string, type: number, fields: Readonly<Record<string, string>>) =>
  `Handle ${handle}, DMI type ${type}, 24 bytes\nTitle\n${Object.entries(fields)
    .map(([key, value]) => `\t${key}: ${value}\n`)
    .join('')}\n`;
const inventory = (...records: readonly string[]) =>
  dmiInventory(parseDmidecode(`${records.join('')}${record('0x7F', 127, {})}`));

describe('dmiInventory', () => {
  it('tells who made the machine', () => {
    const { system, board, bios, chassis, complete } = inventory(
      record('0x00', 0, { Vendor: 'HP', Version: 'P56', 'Release Date': '05/02/2011' }),
      record('0x01', 1, { Manufacturer: 'HP', 'Product Name': 'ProLiant DL380 G5', 'Serial Number': '--' }),
      record('0x02', 2, { Manufacturer: 'Supermicro', 'Product Name': 'X8DTT' }),
      record('0x03', 3, { Type: 'Rack Mount Chassis', Height: '2 U' }),
    );

    expect(system).toEqual({
      manufacturer: 'HP',
      product: 'ProLiant DL380 G5',
      version: undefined,
      serial: undefined,
    });
    expect(board).toEqual({ manufacturer: 'Supermicro', product: 'X8DTT' });
    expect(bios).toEqual({ vendor: 'HP', version: 'P56', date: Date.UTC(2011, 4, 2) / 1000 });
    expect(chassis).toMatchObject({ type: 'Rack Mount Chassis', height: '2 U' });
    expect(complete).toBe(true);
  });

  it.each([
    ['Populated, Enabled', true, false],
    ['Populated, Disabled By BIOS', true, true],
    ['Unpopulated', false, false],
  ])('reads a processor that is %s', (status, populated, disabled) => {
    const { processors } = inventory(
      record('0x04', 4, {
        'Socket Designation': 'CPU1',
        Signature: 'Type 0, Family 6, Model 45, Stepping 7',
        Version: 'Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz',
        Status: status,
        'Core Count': '8',
        'Thread Count': '16',
      }),
    );

    expect(processors[0]).toMatchObject({
      socket: 'CPU1',
      populated,
      disabled,
      signature: { family: 6, model: 45, stepping: 7 },
      cores: 8,
      threads: 16,
    });
  });

  it('lists memory slots of the system and not those of ROM', () => {
    const { memory } = inventory(
      record('0x10', 16, {
        Use: 'System Memory',
        'Error Correction Type': 'Multi-bit ECC',
        'Maximum Capacity': '64 GB',
      }),
      record('0x11', 16, {
        Use: 'Flash Memory',
        'Error Correction Type': 'None',
        'Maximum Capacity': '16 MB',
      }),
      record('0x20', 17, {
        'Array Handle': '0x10',
        'Total Width': '72 bits',
        'Data Width': '64 bits',
        Size: '4096 MB',
        'Form Factor': 'FB-DIMM',
        Locator: 'DIMM 1A',
        'Bank Locator': 'Not Specified',
        Type: 'DDR2',
        Speed: '667 MHz',
        'Configured Clock Speed': '533 MHz',
        Manufacturer: 'Samsung',
      }),
      record('0x21', 17, {
        'Array Handle': '0x10',
        Size: 'No Module Installed',
        Locator: 'DIMM 2B',
        Type: 'Other',
      }),
      record('0x22', 17, { 'Array Handle': '0x11', Size: '16 MB', Locator: 'SYSTEM ROM', Type: 'Flash' }),
    );

    expect(memory.errorCorrection).toBe('Multi-bit ECC');
    expect(memory.maximumBytes).toBe(2 ** 36);
    expect(memory.slots.map(({ locator, empty, sizeBytes }) => [locator, empty, sizeBytes])).toEqual([
      ['DIMM 1A', false, 2 ** 32],
      ['DIMM 2B', true, undefined],
    ]);
    expect(memory.slots[0]).toMatchObject({
      type: 'DDR2 FB-DIMM',
      ratedTransfersPerSecond: 667_000_000,
      configuredTransfersPerSecond: 533_000_000,
      eccBits: true,
      bank: undefined,
    });
    expect(memory.slots[1]?.type).toBeUndefined();
  });

  it.each([
    ['Present, OK', true, 'OK'],
    ['Present, Critical', true, 'Critical'],
    ['Present, Unknown', true, undefined],
    ['Not Present', false, undefined],
  ])('reads a power supply that is %s', (status, present, health) => {
    const { powerSupplies } = inventory(
      record('0x27', 39, {
        Location: 'PSU 1',
        'Max Power Capacity': '460 W',
        Status: status,
        Plugged: 'Yes',
      }),
    );

    expect(powerSupplies[0]).toMatchObject({
      location: 'PSU 1',
      capacityWatts: 460,
      present,
      health,
      plugged: true,
    });
  });

  it('finds nothing in nothing', () => {
    const nothing = dmiInventory(parseDmidecode(''));

    expect(nothing.system.product).toBeUndefined();
    expect(nothing.memory).toEqual({ errorCorrection: undefined, maximumBytes: undefined, slots: [] });
    expect(nothing.complete).toBe(false);
  });
});
