import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { eventSeverity, parseIpmiSensors, redundancyOf, sensorType, severityOf } from './ipmi-sensors.ts';

const sensors = parseIpmiSensors(fixtureText('ipmi/sdr-elist.txt'));
const sensor = (name: string) => {
  const found = sensors.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no sensor ${name}`);
  return found;
};

describe('parseIpmiSensors', () => {
  it('reads sdr elist, errors between the lines passed over', () => {
    expect(sensors).toHaveLength(24);
    expect(sensor('Fan1 RPM')).toMatchObject({
      number: 0x30,
      entity: '7.1',
      status: 'ok',
      value: 5040,
      unit: 'RPM',
    });
    expect(sensor('Power Supply 3')).toMatchObject({ value: 110, unit: 'W', states: ['Presence detected'] });
    expect(sensor('PS2 Status')).toMatchObject({
      value: undefined,
      states: ['Presence detected', 'Power Supply AC lost'],
    });
    expect(sensor('SEL')).toMatchObject({ status: 'ns', value: undefined, states: [] });
    expect(sensors.filter((one) => one.name === 'Temp').map(({ number, value }) => [number, value])).toEqual([
      [14, 58],
      [15, undefined],
    ]);
  });

  it('reads the columns of sensor with their thresholds', () => {
    const [inlet, , fan, volts, discrete, sel] = parseIpmiSensors(fixtureText('ipmi/sensor.txt'));

    expect(inlet).toMatchObject({
      name: 'Inlet Temp',
      value: 25,
      unit: 'C',
      thresholds: { lnr: undefined, lcr: -7, lnc: 3, unc: 42, ucr: 47, unr: undefined },
    });
    expect(fan).toMatchObject({ value: 0, unit: 'RPM', status: 'cr' });
    expect(volts).toMatchObject({ value: undefined, unit: undefined, status: 'na' });
    expect(discrete).toMatchObject({ value: undefined, status: 'ok', thresholds: undefined });
    expect(sel).toMatchObject({ status: 'na' });
  });

  it('reads the -c form of sdr elist, whose rows have two shapes', () => {
    expect(parseIpmiSensors(fixtureText('ipmi/sdr-elist.csv'))).toMatchObject([
      { name: 'Inlet Temp', value: 25, unit: 'C', status: 'ok', number: undefined },
      { name: 'Exhaust Temp', value: 71, status: 'nc' },
      { name: 'Fan1 RPM', value: 5040, unit: 'RPM' },
      { name: '12V', value: undefined, status: 'ns' },
      { name: 'PS1 Status', number: 0x85, entity: '10.1', states: ['Presence detected'] },
      { name: 'PS2 Status', states: ['Presence detected', 'Power Supply AC lost'] },
      { name: 'SEL', status: 'ns', states: [] },
    ]);
  });

  it.each([
    ['Temp 18          | disabled          | ns', { value: undefined, states: [] }],
    ['Fan 1            | 33.32 percent     | ok', { value: 33.32, unit: '%' }],
    ['Altitude         | 80 feet           | ok', { value: 80, unit: 'feet' }],
    ['Cntlr 1 Bay 1    | 0x01              | ok', { value: undefined, states: [] }],
    ['Planar VBAT      | 3.05 Volts        | ok', { value: 3.05, unit: 'V' }],
  ])('reads %j', (line, expected) => {
    expect(parseIpmiSensors(line)).toMatchObject([expected]);
  });

  it('takes prose for no sensor', () => {
    const prose =
      'Unable to send command: Invalid argument\nGet Device ID, command failed, try again, ok then\n | | \n';

    expect(parseIpmiSensors(prose)).toEqual([]);
  });
});

describe('what a sensor means', () => {
  it.each([
    ['Fan1 RPM', 'nominal'],
    ['Fan2 RPM', 'critical'],
    ['Exhaust Temp', 'warning'],
    ['PS1 Status', 'nominal'],
    ['PS2 Status', 'critical'],
    ['PS Redundancy', 'critical'],
    ['Fan Redundancy', 'nominal'],
    ['Drive 1', 'critical'],
    ['DIMM PG', 'nominal'],
    ['Riser Config Err', undefined],
    ['Intrusion', 'nominal'],
    ['SEL', undefined],
  ])('%s is %s', (name, severity) => {
    expect(severityOf(sensor(name))).toBe(severity);
  });

  it.each([
    ['Correctable ECC', 'warning'],
    ['Uncorrectable ECC', 'critical'],
    ['Correctable ECC logging limit reached', 'warning'],
    ['Correctable memory error logging disabled', 'critical'],
    ['Upper Non-critical going high', 'warning'],
    ['Upper Critical going high', 'critical'],
    ['Lower Non-recoverable going low', 'critical'],
    ['Transition to OK', 'nominal'],
    ['Transition to Non-critical from OK', 'warning'],
    ['Transition to Critical from less severe', 'critical'],
    ['Predictive Failure Deasserted', 'nominal'],
    ['Predictive Failure Asserted', 'critical'],
    ['Redundancy Degraded', 'warning'],
    ['Non-Redundant: Sufficient from Redundant', 'critical'],
    ['Parity Check In Progress', 'nominal'],
    ['Rebuild In Progress', 'nominal'],
    ['In Critical Array', 'critical'],
    ['Log area reset/cleared', 'nominal'],
    ['Log almost full', 'warning'],
    ['Log full', 'critical'],
    ['IERR', 'critical'],
    ['S0/G0: working', 'nominal'],
    ['Absent', undefined],
    ['State Asserted', undefined],
    ['Something of the maker', undefined],
  ])('event %j is %s', (text, severity) => {
    expect(eventSeverity(text)).toBe(severity);
  });

  it('tells redundancy that is there, reduced and gone', () => {
    expect(redundancyOf(sensor('PS Redundancy'))).toBe('lost');
    expect(redundancyOf(sensor('Fan Redundancy'))).toBe('full');
    expect(
      redundancyOf({ ...sensor('PS Redundancy'), states: ['Redundancy Degraded from Fully Redundant'] }),
    ).toBe('degraded');
    expect(redundancyOf(sensor('PS1 Status'))).toBeUndefined();
  });

  it.each([
    ['Inlet Temp', 'Temperature'],
    ['Voltage 1', 'Voltage'],
    ['Fan 3 DutyCycle', 'Fan'],
    ['PS1 Status', 'Power Supply'],
    ['PS Redundancy', 'Power Supply'],
    ['CPU1 Status', 'Processor'],
    ['Drive 0', 'Drive Slot'],
    ['DIMM PG', 'Memory'],
    ['USB Cable Pres', 'Cable/Interconnect'],
    ['Intrusion', 'Physical Security'],
    ['SEL', 'Event Logging Disabled'],
    ['VRM 2', 'OEM Reserved'],
  ])('%s is of type %s', (name, type) => {
    expect(sensorType(sensor(name))).toBe(type);
  });
});
