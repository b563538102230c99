import { expect, it } from 'vitest';
import { diskSections } from '../../../test/support/disks.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './smartctl-ata.ts';

const json = collect(collector, diskSections({ '/dev/sda': 'sata-hdd.json' }));
const text = collect(collector, diskSections({ '/dev/sda': 'sata-hdd.txt' }));

it('gives attributes with the labels of smartctl_exporter', () => {
  const labels = (type: string) =>
    `device="sda",attribute_name="Reallocated_Sector_Ct",attribute_flags_short="PO--CK",attribute_flags_long="prefailure,updated_online,event_count,auto_keep",attribute_id="5",attribute_value_type="${type}"`;

  expect(json.filter((line) => line.includes('attribute_id="5"'))).toEqual([
    `smartctl_device_attribute{${labels('value')}} 98`,
    `smartctl_device_attribute{${labels('worst')}} 98`,
    `smartctl_device_attribute{${labels('thresh')}} 10`,
    `smartctl_device_attribute{${labels('raw')}} 2760`,
  ]);
});

it('gives raw values with all their bits, or none', () => {
  const raw = (lines: readonly string[], id: number) =>
    lines
      .find((line) => line.includes(`attribute_id="${id}",attribute_value_type="raw"`))
      ?.split(' ')
      .at(-1);

  expect(raw(json, 188)).toBe('8590065669');
  expect(raw(text, 188)).toBe('8590065669');
  expect(raw(text, 9)).toBe(raw(json, 9));
  expect(raw(json, 190)).toBe('690356265');
  expect(raw(text, 190)).toBeUndefined();
});

it('gives statistics and logs, the same from text and JSON', () => {
  const others = (lines: readonly string[]) =>
    lines.filter((line) => !line.startsWith('smartctl_device_attribute'));

  expect(others(text)).toEqual(others(json));
  expect(others(json)).toEqual([
    'smartctl_device_statistics{device="sda",statistic_table="General Statistics",statistic_name="Lifetime Power-On Resets",statistic_flags_short="V---",statistic_flags_long="valid"} 48',
    'smartctl_device_statistics{device="sda",statistic_table="General Statistics",statistic_name="Power-on Hours",statistic_flags_short="V---",statistic_flags_long="valid"} 76590',
    'smartctl_device_statistics{device="sda",statistic_table="Temperature Statistics",statistic_name="Average Short Term Temperature",statistic_flags_short="VN--",statistic_flags_long="valid,normalized"} 41',
    'smartctl_device_statistics{device="sda",statistic_table="SATA PHY Event Counters",statistic_name="Device-to-host register FISes sent due to a COMRESET",statistic_flags_short="V---",statistic_flags_long="valid"} 43',
    'smartctl_device_statistics{device="sda",statistic_table="SATA PHY Event Counters",statistic_name="Command failed due to ICRC error",statistic_flags_short="V---",statistic_flags_long="valid"} 0',
    'smartctl_device_error_log_count{device="sda",error_log_type="extended"} 12',
    'smartctl_device_self_test_log_count{device="sda",self_test_log_type="extended"} 3',
    'smartctl_device_self_test_log_error_count{device="sda",self_test_log_type="extended"} 1',
  ]);
});
