import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './memory-modules.ts';

const slot = (fields: Readonly<Record<string, string>>) =>
  `Handle 0x0020, DMI type 17, 84 bytes\nMemory Device\n\tArray Handle: 0x0010\n${Object.entries(fields)
    .map(([key, value]) => `\t${key}: ${value}\n`)
    .join('')}\n`;
const ARRAY = `Handle 0x0010, DMI type 16, 23 bytes
Physical Memory Array
\tUse: System Memory
\tError Correction Type: Multi-bit ECC
\tMaximum Capacity: 128 GB

`;
const END = 'Handle 0x00FF, DMI type 127, 4 bytes\nEnd Of Table\n';
const MODULE = slot({
  Size: '8192 MB',
  Locator: 'DIMM_A1',
  Type: 'DDR3',
  Speed: '1333 MHz',
  'Configured Clock Speed': '1066 MHz',
  Manufacturer: '00CE00B300CE',
  'Part Number': 'M393B1K70CH0-YH9  ',
  Rank: '2',
});
const EMPTY = slot({ Size: 'No Module Installed', Locator: 'DIMM_A2' });

describe('memory_modules', () => {
  it('exports modules, their speed beside what they could, and slots', () => {
    expect(collect(collector, { dmidecode: `${ARRAY}${MODULE}${EMPTY}${END}` })).toEqual([
      'pgfleet_dimm_info{slot="DIMM_A1",type="DDR3",manufacturer="00CE00B300CE",part_number="M393B1K70CH0-YH9",rank="2"} 1',
      `pgfleet_dimm_size_bytes{slot="DIMM_A1"} ${2 ** 33}`,
      'pgfleet_dimm_rated_transfers_per_second{slot="DIMM_A1"} 1333000000',
      'pgfleet_dimm_configured_transfers_per_second{slot="DIMM_A1"} 1066000000',
      'pgfleet_host_memory_error_correction_info{mode="Multi-bit ECC"} 1',
      `pgfleet_host_memory_maximum_bytes ${2 ** 37}`,
      'pgfleet_host_memory_slots{state="used"} 1',
      'pgfleet_host_memory_slots{state="empty"} 1',
      'pgfleet_host_memory_slots{state="unreadable"} 0',
    ]);
  });

  it('tells slots of the same name apart', () => {
    const banks = ['P0', 'P1'].map((bank) => slot({ Size: '4 GB', Locator: 'DIMM0', 'Bank Locator': bank }));
    const bare = [1, 2].map(() => slot({ Size: '4 GB', Locator: 'DIMM0' }));
    const sizes = (text: string) =>
      collect(collector, { dmidecode: text }).filter((line) => line.includes('size_bytes'));

    expect(sizes(`${ARRAY}${banks.join('')}${END}`).map((line) => /"(.*)"/.exec(line)?.[1])).toEqual([
      'P0 DIMM0',
      'P1 DIMM0',
    ]);
    expect(sizes(`${ARRAY}${bare.join('')}${END}`).map((line) => /"(.*)"/.exec(line)?.[1])).toEqual([
      'DIMM0',
      'DIMM0 #2',
    ]);
  });

  it('counts no slots of a table that was cut', () => {
    expect(collect(collector, { dmidecode: `${ARRAY}${MODULE}` }).join()).not.toContain('memory_slots');
  });

  it('believes nothing a virtual machine says', () => {
    const virtual = '/sys/class/dmi/id/sys_vendor\tVMware, Inc.\n';

    expect(collect(collector, { dmidecode: `${ARRAY}${MODULE}${END}`, virtual })).toEqual([]);
  });

  it('fails visibly without the privilege', () => {
    expect(() => collect(collector, { dmidecode: { status: 'denied' } })).toThrow('needs more privileges');
  });
});
