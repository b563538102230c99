import { describe, expect, it } from 'vitest';
import { fixtureText } from '../../../test/support/fixture-text.ts';
import { parseSelEvents, parseSelInfo } from './ipmi-sel.ts';

describe('parseSelInfo', () => {
  it('reads how full the log is, exactly where the controller counts units', () => {
    expect(parseSelInfo(fixtureText('ipmi/sel-info.txt'))).toEqual({
      entries: 471,
      freeBytes: 656,
      usedRatio: 0.919922,
      overflow: false,
    });
  });

  it('leaves open what a large log does not tell', () => {
    const large =
      'Entries          : 366\nFree Space       : 65535 bytes or more\nPercent Used     : unknown\nOverflow         : false\n';

    expect(parseSelInfo(large)).toEqual({
      entries: 366,
      freeBytes: undefined,
      usedRatio: undefined,
      overflow: false,
    });
  });

  it('falls back to the rounded percentage', () => {
    expect(parseSelInfo('Entries : 187\nFree Space : 13008 bytes\nPercent Used : 18%\n')).toMatchObject({
      freeBytes: 13008,
      usedRatio: 0.18,
      overflow: undefined,
    });
  });

  it('is undefined for any other text', () => {
    expect(parseSelInfo('Get SEL Info command failed\n')).toBeUndefined();
  });
});

describe('parseSelEvents', () => {
  const events = parseSelEvents(fixtureText('ipmi/sel-elist.txt'));

  it('reads standard records, and passes over those of the maker', () => {
    expect(events.map(({ id, event, severity }) => [id, event, severity])).toEqual([
      [1, 'Log area reset/cleared', 'nominal'],
      [2, 'Power Supply AC lost', 'critical'],
      [3, 'Power Supply AC lost', 'nominal'],
      [4, 'Correctable ECC logging limit reached', 'warning'],
      [5, 'Uncorrectable ECC (UnCorrectable ECC', 'critical'],
      [6, 'Upper Critical going high', 'critical'],
      [9, 'Lower Critical going low', 'critical'],
      [10, 'OEM System boot event', 'nominal'],
    ]);
  });

  it('reads both forms of the date; before the clock was set there is none', () => {
    expect(events.map(({ time, isUtc }) => [time, isUtc])).toEqual([
      [undefined, false],
      [Date.UTC(2012, 11, 8, 11, 20, 41) / 1000, false],
      [Date.UTC(2012, 11, 8, 11, 25, 2) / 1000, false],
      [Date.UTC(2018, 6, 2, 3, 14, 55) / 1000, false],
      [Date.UTC(2019, 1, 16, 12, 11, 16) / 1000, true],
      [Date.UTC(2019, 1, 16, 12, 11, 17) / 1000, false],
      [undefined, false], // 31 February
      [Date.UTC(2019, 1, 17, 8, 0, 0) / 1000, false],
    ]);
  });

  it('reads the -c form and an empty log', () => {
    expect(
      parseSelEvents('1a,07/29/2016,11:02:14,Fan #0x41,Lower Critical going low,Asserted\n'),
    ).toMatchObject([{ id: 26, sensor: 'Fan #0x41', asserted: true, severity: 'critical' }]);
    expect(parseSelEvents('SEL has no entries\n')).toEqual([]);
  });
});

it('reads the clock of twelve hours and the ISO date of other locales, and passes over OEM records', () => {
  const text = [
    '  1b | 09/18/26 | 02:09:30 PM UTC | Temperature #0x30 | Upper Critical going high | Asserted',
    '  1c | 09/18/26 | 12:09:30 AM UTC | Temperature #0x30 | Upper Critical going high | Asserted',
    '  1d | 2026-09-18 | 14:09:30 | Fan #0x30 | Lower Critical going low | Asserted',
    '  1e | 09/18/2026 | 14:10:00 | OEM record df | 040320',
  ].join('\n');

  expect(parseSelEvents(text).map(({ time }) => time && new Date(time * 1000).toISOString())).toEqual([
    '2026-09-18T14:09:30.000Z',
    '2026-09-18T00:09:30.000Z',
    '2026-09-18T14:09:30.000Z',
  ]);
});
