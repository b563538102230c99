import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { notice } from '../../../test/support/notice.ts';
import { readNvmeCli } from './nvme-cli.ts';

const ID_TEXT =
  'NVME Identify Controller:\nvid     : 0x8086\nsn      : DEMO0001\nmn      : DEMO SSD 400GB      \nfr      : 8DV10131\ntnvmcap : 400088457216\n';
const LOG_TEXT = `Smart Log for NVME device:nvme0 namespace-id:ffffffff
critical_warning                        : 0x4
temperature                             : 34°C (307 Kelvin)
available_spare                         : 98%
available_spare_threshold               : 10%
percentage_used                         : 3%
data_units_read                         : 1,234,567
power_on_hours                          : 12,345
unsafe_shutdowns                        : 7
media_errors                            : 2
Warning Temperature Time                : 5
Temperature Sensor 1                    : 36 C
`;
const LOG_JSON = JSON.stringify({
  ...{ critical_warning: 4, temperature: 307, avail_spare: 98, spare_thresh: 10, percent_used: 3 },
  ...{ data_units_read: '1234567', power_on_hours: 12345, unsafe_shutdowns: 7, media_errors: 2 },
  ...{ warning_temp_time: 5, temperature_sensor_1: 309 },
});
const ID_JSON = JSON.stringify({
  sn: 'DEMO0001',
  mn: 'DEMO SSD 400GB      ',
  fr: '8DV10131',
  tnvmcap: 400088457216,
});

it('reads text and JSON alike', () => {
  const fromText = readNvmeCli({ idCtrl: ID_TEXT, smartLog: LOG_TEXT });

  expect(fromText).toEqual(readNvmeCli({ idCtrl: ID_JSON, smartLog: LOG_JSON }));
  expect(fromText).toMatchObject({
    identity: { modelName: 'DEMO SSD 400GB', serialNumber: 'DEMO0001', firmwareVersion: '8DV10131' },
    healthPassed: false,
    powerOnSeconds: 12345 * 3600,
    nvme: { criticalWarning: 4, percentageUsed: 3, mediaErrors: 2, sensors: [{ sensor: 1, celsius: 36 }] },
  });
  expect(fromText?.temperatures.get('current')).toBe(34);
});

it('reads the warning of newer versions, which is an object', () => {
  const smartLog = JSON.stringify({ critical_warning: { value: 1, available_spare: 1 }, temperature: 300 });

  expect(readNvmeCli({ idCtrl: '', smartLog })?.nvme?.criticalWarning).toBe(1);
});

it('takes nothing from an answer that was cut, and none for a device', () => {
  expect(readNvmeCli({ idCtrl: '', smartLog: LOG_JSON.slice(0, 60) })).toBeUndefined();
  expect(readNvmeCli({ idCtrl: '', smartLog: '/dev/nvme0: No such file or directory\n' })).toBeUndefined();
  expect(readNvmeCli({ idCtrl: ID_TEXT, smartLog: '' })?.healthPassed).toBeUndefined();
});

/** Recorded output, kept outside the repository: licences differ. */
const CORPUS = resolve('../shared/fixtures/nvme-cli');
if (!existsSync(CORPUS)) notice('nvme-cli', 'the corpus is not beside the repository');

it.skipIf(!existsSync(CORPUS)).each([
  ['ironlib-id-ctrl.txt', 'Samsung SSD 980 PRO 1TB', '3B2QGXA7'],
  ['telegraf-nvme-identify-controller.txt', 'INTEL SSDPEDABCDEFG', '8DV10131'],
])('reads the identity in %s', (file, modelName, firmwareVersion) => {
  const idCtrl = readFileSync(join(CORPUS, file), 'utf8');

  expect(readNvmeCli({ idCtrl, smartLog: '' })?.identity).toMatchObject({ modelName, firmwareVersion });
});
