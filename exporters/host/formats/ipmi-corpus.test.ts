import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { notice } from '../../../test/support/notice.ts';
import { parseIpmiSensors, severityOf } from './ipmi-sensors.ts';
import { parseChassisStatus, parsePowerReading } from './ipmi-status.ts';

/** Recorded output of real machines; lies beside the repository on machines that have it. */
const CORPUS = new URL('../../../../shared/fixtures/ipmi/', import.meta.url);
const present = existsSync(CORPUS);
if (!present) notice('IPMI corpus', 'no recorded files beside the repository');

const recorded = (name: string) => readFileSync(new URL(name, CORPUS), 'utf8');

describe.skipIf(!present)('recorded ipmitool output', () => {
  it.each([
    ['hardware-sdr-proliant.txt'],
    ['telegraf-sdr-ibm.txt'],
    ['telegraf-sdr-elist.txt'],
    ['telegraf-sdr-with-errors.txt'],
    ['telegraf-sdr-elist-with-errors.txt'],
  ])('%s: every row is a sensor, and every number of a row is read', (name) => {
    const rows = recorded(name)
      .split('\n')
      .filter((line) => line.includes('|'));

    const sensors = parseIpmiSensors(recorded(name));

    expect(sensors).toHaveLength(rows.length);
    const withNumbers = rows.filter((row) => /\|\s*-?[\d.]+ [a-zA-Z]/.test(row));
    expect(sensors.filter((sensor) => sensor.value !== undefined)).toHaveLength(withNumbers.length);
    for (const { value, unit } of sensors) {
      expect(value === undefined).toBe(unit === undefined);
      if (unit === 'C') expect(value).toBeLessThan(120);
    }
  });

  it('finds nothing wrong on machines that were well', () => {
    for (const name of ['hardware-sdr-proliant.txt', 'telegraf-sdr-ibm.txt', 'telegraf-sdr-elist.txt']) {
      const severities = new Set(parseIpmiSensors(recorded(name)).map(severityOf));

      expect([...severities].sort()).toEqual(['nominal', undefined]);
    }
  });

  it('reads power and its state', () => {
    expect(parseChassisStatus(recorded('telegraf-chassis-power-status-on.txt'))?.powerOn).toBe(true);
    expect(parseChassisStatus(recorded('telegraf-chassis-power-status-off.txt'))?.powerOn).toBe(false);
    expect(parsePowerReading(recorded('telegraf-dcmi-power-reading.txt'))).toEqual({
      current: 167,
      minimum: 124,
      maximum: 422,
      average: 156,
      active: true,
    });
  });

  it('takes the output of other commands for none of these', () => {
    for (const name of ['hardware-lan-print.txt', 'ironlib-ipmicfg-summary-x11dph.txt']) {
      expect(parseIpmiSensors(recorded(name))).toEqual([]);
      expect(parseChassisStatus(recorded(name))).toBeUndefined();
      expect(parsePowerReading(recorded(name))).toBeUndefined();
    }
  });
});
