import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firmwareDate, knownText, parseDmidecode, sizeInBytes, transfersPerSecond } from './dmidecode.ts';

const MODERN = `# dmidecode 3.3
Getting SMBIOS data from sysfs.
SMBIOS 2.7 present.
3 structures occupying 100 bytes.
Table at 0x000E0000.

Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: Dell Inc.
\tRelease Date: 04/11/2013
\tCharacteristics:
\t\tPCI is supported
\t\tBoot from CD is supported
\tBIOS Revision: 2.17

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: Dell Inc.
\tProduct Name: PowerEdge R710

Handle 0x7F00, DMI type 127, 4 bytes
End Of Table
`;

const OLD = `# dmidecode 2.2
SMBIOS 2.3 present.
Handle 0x0000
\tDMI type 0, 20 bytes.
\tBIOS Information
\t\tVendor: Phoenix
\t\tCharacteristics:
\t\t\tISA is supported
Handle 0x0001
\tDMI type 1, 25 bytes.
\tSystem Information
\t\tProduct Name: PowerEdge 1750
`;

describe('parseDmidecode', () => {
  it('reads records with values and lists', () => {
    const { toolVersion, smbiosVersion, complete, records } = parseDmidecode(MODERN);

    expect({ toolVersion, smbiosVersion, complete }).toEqual({
      toolVersion: '3.3',
      smbiosVersion: '2.7',
      complete: true,
    });
    expect(records.map(({ handle, type }) => [handle, type])).toEqual([
      ['0x0000', 0],
      ['0x0100', 1],
      ['0x7F00', 127],
    ]);
    expect(records[0]?.values.get('Vendor')).toBe('Dell Inc.');
    expect(records[0]?.values.get('BIOS Revision')).toBe('2.17');
    expect(records[0]?.lists.get('Characteristics')).toEqual([
      'PCI is supported',
      'Boot from CD is supported',
    ]);
  });

  it('reads the deeper indentation of dmidecode 2.2', () => {
    const { records } = parseDmidecode(OLD);

    expect(records.map(({ type }) => type)).toEqual([0, 1]);
    expect(records[0]?.values.get('Vendor')).toBe('Phoenix');
    expect(records[0]?.lists.get('Characteristics')).toEqual(['ISA is supported']);
    expect(records[1]?.values.get('Product Name')).toBe('PowerEdge 1750');
  });

  it.each([
    ['cut off', MODERN.slice(0, MODERN.indexOf('System Information'))],
    ['that dmidecode gave up', `${MODERN}Invalid entry length (0). DMI table is broken! Stop.\n`],
    [
      'that is shorter than announced',
      `${MODERN}Wrong DMI structures length: 100 bytes announced, only 90.\n`,
    ],
    ['that is not there', '# dmidecode 2.11\n# No SMBIOS nor DMI entry point found, sorry.\n'],
  ])('marks a table %s as incomplete', (_what, text) => {
    expect(parseDmidecode(text).complete).toBe(false);
  });

  it('takes a table without an end mark for whole when all announced records are there', () => {
    expect(parseDmidecode(MODERN.replace('DMI type 127', 'DMI type 126')).complete).toBe(true);
  });

  it('reads any text', () => {
    const piece = fc.constantFrom(
      'Handle 0x0001, DMI type 17, 84 bytes\n',
      '\t',
      '\n',
      'Size: 8 GB',
      ': ',
      'x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 50 }), (pieces) => {
        for (const { values } of parseDmidecode(pieces.join('')).records)
          expect(values.size).toBeLessThan(60);
      }),
    );
  });
});

describe('knownText', () => {
  it.each([
    ['Not Specified'],
    ['To Be Filled By O.E.M.'],
    ['To be filled by O.E.M.'],
    ['Default string'],
    ['Unknown'],
    ['UNKNOWN'],
    ['<BAD INDEX>'],
    ['<OUT OF SPEC>'],
    ['empty'],
    ['[Empty]'],
    ['NULL'],
    ['; 9k'],
    ['Super Server'],
    ['--'],
    [''],
    ['   '],
    ['0123456789'],
    ['System Product Name'],
    ['N/A'],
    ['NO DIMM'],
    ['None'],
    ['(none)'],
    ['Dimm3_Manufacturer_Name_String'],
    ['not defined'],
    ['TBD by OEM'],
    [undefined],
  ])('knows nothing from %j', (text) => {
    expect(knownText(text)).toBeUndefined();
  });

  it.each([
    ['ProLiant DL380 G5', 'ProLiant DL380 G5'],
    ['  IBM System x3650 -[7979AC1]-   ', 'IBM System x3650 -[7979AC1]-'],
    ['Intel(R) Xeon(R) CPU           E5345  @ 2.33GHz', 'Intel(R) Xeon(R) CPU E5345 @ 2.33GHz'],
    ['0W9WXC', '0W9WXC'],
  ])('keeps %j', (text, kept) => {
    expect(knownText(text)).toBe(kept);
  });
});

describe('sizeInBytes', () => {
  it.each([
    ['4096 MB', 2 ** 32],
    ['16 GB', 2 ** 34],
    ['512 kB', 2 ** 19],
    ['No Module Installed', undefined],
    ['Unknown', undefined],
    ['-1 MB', undefined],
    [undefined, undefined],
  ])('reads %j', (text, bytes) => {
    expect(sizeInBytes(text)).toBe(bytes);
  });
});

describe('transfersPerSecond', () => {
  it.each([
    ['1333 MHz', 1_333_000_000],
    ['2666 MT/s', 2_666_000_000],
    ['667 MHz (1.5 ns)', 667_000_000],
    ['60 ns', undefined],
    ['Unknown', undefined],
    ['0 MHz', undefined],
  ])('reads %j', (text, speed) => {
    expect(transfersPerSecond(text)).toBe(speed);
  });
});

describe('firmwareDate', () => {
  const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 1000;

  it.each([
    ['04/11/2023', '2023-04-11'],
    ['09/16/11', '2011-09-16'],
    ['7/8/2019', '2019-07-08'],
    ['004/21/2021', '2021-04-21'],
    ['Jul 26 2022', '2022-07-26'],
    ['09/21/23 12:21:29', '2023-09-21'],
    ['12/31/99', '1999-12-31'],
    ['2021-04-21', '2021-04-21'],
    ['22/05/2014', '2014-05-22'],
  ])('reads %j', (text, iso) => {
    expect(firmwareDate(text)).toBe(day(iso));
  });

  it.each([
    ['32/22/2015'],
    ['<BAD INDEX>'],
    ['Not Specified'],
    [''],
    [undefined],
    ['02/30/2015'],
    ['01/01/1970'],
    ['13/13/13'],
  ])('refuses %j', (text) => {
    expect(firmwareDate(text)).toBeUndefined();
  });
});
