import { expect, it } from 'vitest';
import { loadCatalog } from './catalog.ts';
import { uptimeLimits } from './uptime-limits.ts';

const { uptimeLimits: sheet } = loadCatalog();
const limitsOf = (kernel: string, machine = 'x86_64', processor?: string) =>
  uptimeLimits(sheet, { kernel, machine, processor }).map(({ id }) => id);

it.each([
  ['2.6.32-71.el6.x86_64', true],
  ['2.6.32-131.21.1.el6.x86_64', true],
  ['2.6.32-131.26.1.el6.x86_64', false],
  ['2.6.32-220.el6.x86_64', true],
  ['2.6.32-220.4.2.el6.x86_64', false],
  ['2.6.32-279.el6.x86_64', false],
  ['2.6.32-754.35.1.el6.x86_64', false],
  ['2.6.18-308.el5', true],
  ['2.6.18-308.11.1.el5', false],
  ['2.6.18-274.7.1.el5xen', true],
  ['2.6.18-398.el5', false],
  ['5.14.0-362.el9.x86_64', false],
  ['2.6.32-5-amd64', false],
])('kernel %s: %s', (kernel, limited) => {
  expect(limitsOf(kernel).length > 0).toBe(limited);
});

it('asks for the architecture where the release does not tell it', () => {
  expect(limitsOf('2.6.18-308.el5', 'i686')).toEqual([]);
});

it('knows processors that do not wake up', () => {
  expect(limitsOf('5.4.0', 'x86_64', '23:49')).toEqual(['amd-erratum-1474']);
  expect(limitsOf('5.4.0', 'x86_64', '23:1')).toEqual([]);
});
