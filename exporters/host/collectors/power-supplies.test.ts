import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './power-supplies.ts';

const psu = (location: string, status: string, more = '') =>
  `Handle 0x0027, DMI type 39, 22 bytes\nSystem Power Supply\n\tLocation: ${location}\n\tStatus: ${status}\n${more}\n`;
const stateOf = (lines: readonly string[]) =>
  lines
    .filter((line) => /_state\{.* 1$/.test(line))
    .map((line) => /psu="(.*)",state="(.*)"/.exec(line)?.slice(1));

describe('power_supplies', () => {
  it('exports a supply with its state', () => {
    const dmidecode = psu(
      'PSU 1',
      'Present, OK',
      '\tManufacturer: DELTA\n\tModel Part Number: 0N08YY\n\tMax Power Capacity: 870 W\n',
    );

    expect(collect(collector, { dmidecode })).toEqual([
      'pgfleet_psu_info{psu="PSU 1",manufacturer="DELTA",model="0N08YY"} 1',
      'pgfleet_psu_capacity_watts{psu="PSU 1"} 870',
      'pgfleet_psu_state{psu="PSU 1",state="ok"} 1',
      'pgfleet_psu_state{psu="PSU 1",state="non-critical"} 0',
      'pgfleet_psu_state{psu="PSU 1",state="critical"} 0',
      'pgfleet_psu_state{psu="PSU 1",state="unknown"} 0',
      'pgfleet_psu_state{psu="PSU 1",state="absent"} 0',
    ]);
  });

  it('tells broken, unknown and missing supplies apart, and those of one name', () => {
    const dmidecode = ['Present, Critical', 'Present, Unknown', 'Not Present', '<OUT OF SPEC>']
      .map((status) => psu('To Be Filled By O.E.M.', status))
      .join('');

    expect(stateOf(collect(collector, { dmidecode }))).toEqual([
      ['PSU 1', 'critical'],
      ['PSU 2', 'unknown'],
      ['PSU 3', 'absent'],
      ['PSU 4', 'absent'],
    ]);
  });

  it('gives nothing where the firmware lists none', () => {
    expect(collect(collector, { dmidecode: 'Handle 0x00FF, DMI type 127, 4 bytes\nEnd Of Table\n' })).toEqual(
      [],
    );
  });
});
