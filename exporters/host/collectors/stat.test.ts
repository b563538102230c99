import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseStat } from './stat.ts';

const TEXT = `cpu  301854 612 111922 8979004 3552 2 3944 0 0 0
cpu0 44490 19 21045 1087069 220 1 3410 0 0 0
intr 8885917 17 0 0 0
ctxt 38014093
btime 1418183276
processes 26442
procs_running 2
procs_blocked 1
softirq 5057579 250191 1481983
`;

it('exports counts and the time of the boot', () => {
  expect(collect(collector, { stat: TEXT })).toEqual([
    'node_intr_total 8885917',
    'node_context_switches_total 38014093',
    'node_boot_time_seconds 1418183276',
    'node_forks_total 26442',
    'node_procs_running 2',
    'node_procs_blocked 1',
  ]);
});

it('leaves out lines that are not there', () => {
  expect(collect(collector, { stat: 'ctxt 5\n' })).toEqual(['node_context_switches_total 5']);
});

it.each([[''], ['cpu  1 2 3\n'], ['ctxt\n'], ['ctxt x\n']])('refuses %j', (text) => {
  expect(() => parseStat(text)).toThrow('/proc/stat');
});
