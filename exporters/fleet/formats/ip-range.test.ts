import { describe, expect, it } from 'vitest';
import { addressesOf, type IpRange, isPrivateRange, parseIpRange, rangeContains } from './ip-range.ts';

function range(text: string): IpRange {
  const parsed = parseIpRange(text);
  if (parsed === undefined) throw new Error(`${text}: expected a range`);
  return parsed;
}

describe('address range', () => {
  it.each([
    ['10.1.2.0/30', ['10.1.2.1', '10.1.2.2']],
    ['10.1.2.4/31', ['10.1.2.4', '10.1.2.5']],
    ['10.1.2.7/32', ['10.1.2.7']],
    ['127.0.0.1/32', ['127.0.0.1']],
    ['10.0.255.254/31', ['10.0.255.254', '10.0.255.255']],
    ['::1/128', ['::1']],
    ['fd00::fffe/127', ['fd00::fffe', 'fd00::ffff']],
    ['fd00:0:0:1::/127', ['fd00:0:0:1::', 'fd00:0:0:1::1']],
  ])('%s holds %j', (text, addresses) => {
    expect([...addressesOf(range(text))]).toEqual(addresses);
  });

  it.each([
    '10.0.0.0',
    '10.0.0.1/24',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    'fd00::1/64',
    'fd00::/129',
    'example.com/24',
    '10.0.0.0/24/8',
    '',
  ])('is not %j', (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });

  it.each([
    ['10.0.0.0/8', true],
    ['172.16.0.0/12', true],
    ['172.32.0.0/12', false],
    ['192.168.7.0/24', true],
    ['100.64.0.0/10', true],
    ['100.128.0.0/16', false],
    ['127.0.0.0/8', true],
    ['8.8.8.0/24', false],
    ['0.0.0.0/0', false],
    ['8.0.0.0/6', false],
    ['fd12:3456::/112', true],
    ['2001:db8::/112', false],
    ['::1/128', true],
    ['::ffff:8.8.8.8/128', false],
  ])('%s is private: %s', (text, expected) => {
    expect(isPrivateRange(range(text))).toBe(expected);
  });

  it.each([
    ['10.1.2.0/24', '10.1.2.255', true],
    ['10.1.2.0/24', '10.1.3.0', false],
    ['10.1.2.0/24', '::ffff:10.1.2.1', false],
    ['fd00::/120', 'fd00::ff', true],
    ['fd00::/120', 'fd00::100', false],
    ['10.1.2.0/24', 'db1.example', false],
  ])('%s contains %s: %s', (text, address, expected) => {
    expect(rangeContains(range(text), address)).toBe(expected);
  });

  it('lists millions without holding them', () => {
    const [first] = addressesOf(range('fd00::/64'));

    expect(first).toBe('fd00::');
  });
});
