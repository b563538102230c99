import { describe, expect, it } from 'vitest';
import { readingsOf } from '../../test/support/host-report.ts';
import { age, identity } from './report-identity.ts';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 1000;
const NOW = day('2026-01-01');

describe('identity', () => {
  it('tells machine, processor, memory, firmware, system and controllers', () => {
    const facts = identity(
      readingsOf(
        [
          'pgfleet_host_hardware_info',
          { vendor: 'Dell', product: 'PowerEdge R720', board: '0X3D66', generation: '12G' },
          1,
        ],
        ['pgfleet_host_model_launch_timestamp_seconds', {}, day('2012-01-01')],
        ['pgfleet_host_virtual_info', { kind: 'none' }, 1],
        ['pgfleet_host_cpu_info', { model: 'E5-2640', microarchitecture: 'Sandy Bridge', codename: '' }, 1],
        ['pgfleet_host_cpu_launch_timestamp_seconds', {}, day('2012-01-01')],
        ['pgfleet_host_cpus', { kind: 'socket' }, 2],
        ['pgfleet_host_cpus', { kind: 'core' }, 12],
        ['pgfleet_dimm_info', { slot: 'A1', type: 'DDR3' }, 1],
        ['pgfleet_dimm_size_bytes', { slot: 'A1' }, 16 * 2 ** 30],
        ['pgfleet_host_bios_info', { vendor: 'Dell', version: '2.2.3' }, 1],
        ['pgfleet_host_bios_release_timestamp_seconds', {}, day('2014-05-20')],
        ['node_os_info', { pretty_name: 'CentOS Linux 7 (Core)' }, 1],
        ['node_uname_info', { release: '3.10.0' }, 1],
        ['pgfleet_raid_controller_info', { model: 'PERC H710', firmware: '21.3' }, 1],
      ),
    );

    expect(facts.map(({ name, text }) => `${name}: ${text}`)).toEqual([
      'Machine: Dell PowerEdge R720, generation 12G, on sale from 2012, board 0X3D66',
      'Processor: 2 x E5-2640, 12 cores, Sandy Bridge, launched 2012',
      'Memory: 16 GiB, 1 modules DDR3',
      'Firmware: BIOS 2.2.3 of 2014-05-20',
      'System: CentOS Linux 7 (Core), kernel 3.10.0',
      'RAID: PERC H710, firmware 21.3',
    ]);
  });

  it('has no line for what is not known', () => {
    expect(identity(readingsOf())).toEqual([]);
  });

  it('says of a virtual machine that it has no age', () => {
    const [fact] = identity(readingsOf(['pgfleet_host_virtual_info', { kind: 'kvm' }, 1]));

    expect(fact).toEqual({ name: 'Virtual', text: 'yes, kvm: it has no age of its own' });
  });
});

describe('age', () => {
  const built = 'pgfleet_host_built_timestamp_seconds';

  it.each([
    ['both ends', true, true, '15.0 to 20.0 years old'],
    ['the beginning', true, false, 'at most 20.0 years old'],
    ['the end', false, true, 'at least 15.0 years old'],
    ['nothing', false, false, undefined],
  ])('is bounded by %s', (_name, from, to, years) => {
    const readings = readingsOf(
      ...(from ? [[built, { bound: 'not_before', evidence: 'cpu' }, day('2006-01-01')] as const] : []),
      ...(to
        ? [[built, { bound: 'not_after', evidence: 'installed_files' }, day('2011-01-01')] as const]
        : []),
    );

    expect(age(readings, {}, NOW).years).toBe(years);
  });

  it('lists its evidence, the registry and the disks too', () => {
    const found = age(
      readingsOf(
        [
          'pgfleet_host_age_evidence_timestamp_seconds',
          { bound: 'not_before', evidence: 'cpu' },
          day('2006-01-01'),
        ],
        ['pgfleet_bmc_fru_manufactured_timestamp_seconds', { fru: 'Board' }, day('2007-05-03')],
        ['smartctl_device_power_on_seconds', { device: 'sda' }, 8766 * 3600],
        ['smartctl_device_power_on_seconds', { device: 'sdb' }, 2 * 8766 * 3600],
      ),
      { purchased: '2007-06-18', warranty_until: '2012-06-17' },
      NOW,
    );

    expect(found.evidence).toEqual([
      'not before 2006-01-01: processor came to market',
      '2007-05-03: made, says the memory of Board',
      '2.0 years: the longest power-on time of its disks',
      '2007-06-18: bought, says the registry',
      '2012-06-17: end of the warranty, says the registry',
    ]);
  });
});
