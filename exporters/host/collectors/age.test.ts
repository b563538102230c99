import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './age.ts';

const year = (number: number) => Date.UTC(number, 0, 1) / 1000;
const CPU =
  'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz\nstepping\t: 7\n';
const R720 =
  '/sys/class/dmi/id/sys_vendor\tDell Inc.\n/sys/class/dmi/id/product_name\tPowerEdge R720\n/sys/class/dmi/id/bios_date\t01/01/2020\n';
const DDR3 = `Handle 0x0020, DMI type 17, 84 bytes\nMemory Device\n\tSize: 8 GB\n\tType: DDR3\n`;
const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 1000;

describe('age', () => {
  it('bounds the date by parts and installation, and never by the BIOS', () => {
    const samples = collect(collector, {
      cpuinfo: CPU,
      'dmi-id': R720,
      dmidecode: DDR3,
      'install-dates': `${day('2013-05-06')} /etc/ssh/ssh_host_rsa_key.pub\n${day('2015-01-01')} /etc/machine-id\n`,
      'rpm-dates': `basesystem ${day('2013-05-05')}\nsetup ${day('2019-01-01')}\n`,
    });

    expect(samples).toEqual([
      `pgfleet_host_age_evidence_timestamp_seconds{bound="not_before",evidence="cpu"} ${year(2012)}`,
      `pgfleet_host_age_evidence_timestamp_seconds{bound="not_before",evidence="model"} ${year(2012)}`,
      `pgfleet_host_age_evidence_timestamp_seconds{bound="not_before",evidence="memory"} ${year(2009)}`,
      `pgfleet_host_age_evidence_timestamp_seconds{bound="not_after",evidence="installed_files"} ${day('2013-05-06')}`,
      `pgfleet_host_age_evidence_timestamp_seconds{bound="not_after",evidence="installed_packages"} ${day('2013-05-05')}`,
      `pgfleet_host_built_timestamp_seconds{bound="not_before",evidence="cpu"} ${year(2012)}`,
      `pgfleet_host_built_timestamp_seconds{bound="not_after",evidence="installed_packages"} ${day('2013-05-05')}`,
    ]);
  });

  it('does not date a machine by a system that was moved onto it', () => {
    const samples = collect(collector, {
      cpuinfo: CPU,
      'install-dates': `${day('2008-01-01')} /etc/machine-id\n`,
    });

    expect(samples).toContain(
      `pgfleet_host_age_evidence_timestamp_seconds{bound="not_after",evidence="installed_files"} ${day('2008-01-01')}`,
    );
    expect(samples.join()).not.toContain('built_timestamp_seconds{bound="not_after"');
  });

  it.each([
    ['0 /lost+found'],
    ['86400 /etc/machine-id'],
    ['9999999999 /etc/machine-id'],
    ['x /etc/machine-id'],
  ])('takes no date from %j', (line) => {
    expect(collect(collector, { cpuinfo: '', 'install-dates': `${line}\n` })).toEqual([]);
  });

  it('does not date a virtual machine', () => {
    const virtual = '/sys/class/dmi/id/product_name\tVMware Virtual Platform\n';

    expect(collect(collector, { cpuinfo: CPU, 'dmi-id': R720, virtual })).toEqual([]);
  });
});
