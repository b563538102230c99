import { describe, expect, it } from 'vitest';
import {
  decodeAttribute,
  flagLetters,
  flagNames,
  longCommandTimeouts,
  packedRaw,
} from './smartctl-attribute.ts';
import type { SmartAttribute } from './smartctl-report.ts';

const HDD = { rotational: true, modelName: undefined, modelFamily: undefined };
const SEAGATE = { rotational: true, modelName: 'ST4000NM0033-9ZM170', modelFamily: undefined };
const SSD = { rotational: false, modelName: undefined, modelFamily: undefined };

function attribute(id: number, rawString: string, more: Partial<SmartAttribute> = {}): SmartAttribute {
  return {
    id,
    name: 'Unknown_Attribute',
    flags: '-O--CK',
    value: 100,
    worst: 100,
    threshold: 0,
    whenFailed: undefined,
    rawString,
    raw: packedRaw(rawString),
    ...more,
  };
}

describe('decodeAttribute', () => {
  it.each([
    ['a plain count', 5, '12', HDD, 12],
    ['a count with words of the maker', 5, '0 (2000 0)', HDD, 0],
    ['the same in one number, as old versions print it', 5, '8589934592000', HDD, 0],
    ['a count and a second one', 193, '90131/90333', HDD, 90131],
    ['a count longer than any counter', 197, '4294967297', HDD, undefined],
    ['all ones: no value', 187, '281474976710655', HDD, undefined],
    ['32 ones: no value', 12, '4294967295', HDD, undefined],
    ['command timeouts in three words', 188, '2 2 2', SEAGATE, 2],
    ['the same in one number', 188, '17180131332', SEAGATE, 4],
    ['different words: the lowest counts all', 188, '227636809607', SEAGATE, 3975],
    ['command timeouts of a flash drive', 188, '33', SSD, undefined],
    ['Seagate read errors: none among many reads', 1, '207307336', SEAGATE, 0],
    ['Seagate seek errors in the upper word', 7, '21480133713', SEAGATE, 5],
    ['a rate as drivedb prints it', 7, '2765/13191816', HDD, 2765],
    ['a rate of a maker who documents nothing', 1, '786446', HDD, undefined],
    ['a temperature', 194, '36', HDD, 36],
    ['a temperature with its range', 194, '36 (Min/Max 34/38)', HDD, 36],
    ['a temperature with bytes', 194, '28 (0 12 0 0 0)', HDD, 28],
    ['a temperature with a count', 190, '41 (Min/Max 37/43 #2109)', HDD, 41],
    ['a temperature in one number', 190, '622460961', HDD, 33],
    ['a temperature below zero', 194, '-5 (Min/Max -9/40)', HDD, -5],
    ['no sensor', 194, '0', SSD, undefined],
    ['no temperature at all', 194, '65535', SSD, undefined],
    ['hours', 9, '60681', HDD, 60681 * 3600],
    ['hours with bytes above', 9, '4273 (5 89 0)', HDD, 4273 * 3600],
    ['hours with bytes above, in one number', 9, '115594749838557', HDD, 34013 * 3600],
    ['hours and minutes', 9, '4683h+50m', HDD, 4683 * 3600 + 50 * 60],
    ['hours, minutes and seconds', 9, '5537h+01m+06.950s', SSD, 5537 * 3600 + 66.95],
    ['more hours than a disk can have', 9, '561772796', HDD, undefined],
    ['shocks', 191, '19', HDD, 19],
    ['an id that flash drives use otherwise', 191, '19', SSD, undefined],
    ['an attribute of no known meaning', 230, '2229110374919', SSD, undefined],
    ['words', 197, 'none', HDD, undefined],
    ['nothing', 197, '', HDD, undefined],
  ])('reads %s', (_what, id, raw, drive, expected) => {
    expect(decodeAttribute(attribute(id, raw), drive)?.value).toBe(expected);
  });

  it.each([
    ['Power_On_Minutes', '281030', 281030 * 60],
    ['Power_On_Half_Minutes', '562060', 562060 * 30],
    ['Power_On_Seconds', '7200', 7200],
    ['Power_On_Hours_and_Msec', '3342485283705022', 37054 * 3600],
  ])('takes the unit of %s from its name', (name, raw, seconds) => {
    expect(decodeAttribute(attribute(9, raw, { name }), HDD)?.value).toBe(seconds);
  });

  it('reads flying hours of heads only where they are counted', () => {
    const name = 'Head_Flying_Hours';

    expect(decodeAttribute(attribute(240, '122811 (109 12 0)', { name }), HDD)?.value).toBe(122811 * 3600);
    expect(decodeAttribute(attribute(240, '0', { name }), HDD)).toBeUndefined();
    expect(decodeAttribute(attribute(240, '77', { name: 'Write_Head' }), HDD)).toBeUndefined();
  });

  it('does not take a rate for a count of reallocations', () => {
    const raw = '4258 (30941 0)';

    expect(decodeAttribute(attribute(196, raw, { flags: 'POSR--' }), HDD)).toBeUndefined();
    expect(decodeAttribute(attribute(196, raw), HDD)?.value).toBe(4258);
  });

  it('does not take a Samsung disk under a Seagate number for a Seagate', () => {
    const drive = { ...SEAGATE, modelName: 'ST1000LM024 HN-M101MBB' };

    expect(decodeAttribute(attribute(1, '17'), drive)).toBeUndefined();
  });
});

it('gives the timeouts of more than 7.5 seconds, the upper word', () => {
  expect(longCommandTimeouts(attribute(188, '51540393996'))).toBe(12);
  expect(longCommandTimeouts(attribute(188, '2 2 5'))).toBe(2);
  expect(longCommandTimeouts(attribute(188, '1'))).toBe(0);
});

describe('packedRaw', () => {
  it.each([
    ['0', 0],
    ['2 2 2', 8590065666],
    ['34013 (105 34 0)', 115594749838557],
    ['37054h+12m+58.233s', 3342485283705022],
    ['0/12035229', 12035229],
    ['28 (0 12 0 0 0)', 51539607580],
    ['36 (Min/Max 34/38)', undefined],
    ['2765/13191816', undefined],
    ['4683h+50m', undefined],
    ['70000 1 1', undefined],
  ])('%s', (text, value) => {
    expect(packedRaw(text)).toBe(value);
  });
});

it('writes flags as letters and as names', () => {
  expect(flagLetters(0x0033)).toBe('PO--CK');
  expect(flagLetters(0x000b)).toBe('PO-R--');
  expect(flagLetters(0x0073)).toBe('PO--CK+');
  expect(flagNames('PO--CK')).toBe('prefailure,updated_online,event_count,auto_keep');
  expect(flagNames('-OSR--')).toBe('updated_online,performance,error_rate');
});
