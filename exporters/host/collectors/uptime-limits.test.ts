import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './uptime-limits.ts';

const host = (kernel: string, uptime: string) => ({
  kernel: `/proc/sys/kernel/osrelease\t${kernel}\n`,
  uptime: `${uptime} 1.00\n`,
});

it('counts down to the day on which the kernel hangs', () => {
  expect(collect(collector, host('2.6.32-71.el6.x86_64', '17928000.00'))).toEqual([
    'pgfleet_host_uptime_limit_seconds{fault="rhbz-208-days-el6",what="kernel"} 86400',
  ]);
});

it('knows no limit of a repaired kernel, and none without an uptime', () => {
  expect(collect(collector, host('2.6.32-754.el6.x86_64', '17928000.00'))).toEqual([]);
  expect(collect(collector, host('2.6.32-71.el6.x86_64', 'garbage'))).toEqual([]);
});
