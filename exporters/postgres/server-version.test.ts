import { expect, it } from 'vitest';
import { versionNumber } from './server-version.ts';

it.each([
  ['15.18', 150_018],
  ['15.18 (Debian 15.18-0+deb12u1)', 150_018],
  ['9.6.24', 90_624],
  ['10.23', 100_023],
  ['18beta1', 180_000],
  ['19devel', 190_000],
  ['1.21.0/bouncer', 12_100],
  ['', 0],
  ['garbage', 0],
])('reads the version of %j', (text, version) => {
  expect(versionNumber(text)).toBe(version);
});
