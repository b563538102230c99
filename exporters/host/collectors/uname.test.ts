import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './uname.ts';

const files = (release: string) =>
  [
    '/proc/sys/kernel/ostype\tLinux',
    `/proc/sys/kernel/osrelease${release === '' ? '' : `\t${release}`}`,
    '/proc/sys/kernel/version\t#1 SMP Tue Sep 16 20:51:48 EDT 2014',
    '/proc/sys/kernel/hostname\tdb1.example',
    '/proc/sys/kernel/domainname\t(none)',
    '',
  ].join('\n');

it('exports what uname -a prints', () => {
  expect(collect(collector, { kernel: files('2.6.18-398.el5') }, { machine: 'i686' })).toEqual([
    'node_uname_info{sysname="Linux",release="2.6.18-398.el5",version="#1 SMP Tue Sep 16 20:51:48 EDT 2014",machine="i686",nodename="db1.example",domainname="(none)"} 1',
  ]);
});

it('refuses a capture without a kernel release', () => {
  expect(() => collect(collector, { kernel: files('') })).toThrow('a kernel release');
});
