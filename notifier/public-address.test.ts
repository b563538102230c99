import { describe, expect, it } from 'vitest';
import { isPublicAddress, requirePublicLiteral } from './public-address.ts';

describe('isPublicAddress', () => {
  it.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'])(
    'no: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );

  it.each([
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    'x',
  ])('no: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])(
    'yes: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('requirePublicLiteral', () => {
  it.each(['http://127.0.0.1/', 'http://[::1]:80/', 'http://2130706433/', 'http://0x7f.1/'])(
    'refuses %s',
    (url) => {
      expect(() => requirePublicLiteral(url)).toThrow('expected a public address');
    },
  );

  it.each(['https://example.com/', 'https://1.1.1.1/', 'https://[2606:4700::1111]/'])(
    'lets %s pass',
    (url) => {
      expect(() => requirePublicLiteral(url)).not.toThrow();
    },
  );
});
