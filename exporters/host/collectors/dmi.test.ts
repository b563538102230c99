import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './dmi.ts';

const tree = (files: Readonly<Record<string, string>>) =>
  Object.entries(files)
    .map(([file, text]) => `/sys/class/dmi/id/${file}\t${text}\n`)
    .join('');
const DELL = tree({
  sys_vendor: 'Dell Inc.            ',
  product_name: 'PowerEdge R710',
  board_name: '0VWN1R',
  bios_vendor: 'Dell Inc.',
  bios_version: '6.4.0',
  bios_date: '07/23/2013',
});

describe('dmi', () => {
  it('exports maker, model, generation and firmware', () => {
    const samples = collect(collector, { 'dmi-id': DELL });

    expect(samples[0]).toBe(
      'node_dmi_info{bios_date="07/23/2013",bios_vendor="Dell Inc.",bios_version="6.4.0",board_name="0VWN1R",product_name="PowerEdge R710",system_vendor="Dell Inc."} 1',
    );
    expect(samples[1]).toMatch(
      /^pgfleet_host_hardware_info\{vendor="Dell",product="PowerEdge R710",board="0VWN1R",generation="11G"\} 1$/,
    );
    expect(samples.slice(2)).toEqual([
      `pgfleet_host_model_launch_timestamp_seconds ${Date.UTC(2009, 0, 1) / 1000}`,
      'pgfleet_host_bios_info{vendor="Dell Inc.",version="6.4.0"} 1',
      `pgfleet_host_bios_release_timestamp_seconds ${Date.UTC(2013, 6, 23) / 1000}`,
    ]);
  });

  it('takes the mainboard where the product is a placeholder', () => {
    const samples = collect(collector, {
      'dmi-id': tree({ sys_vendor: 'Supermicro', product_name: 'Super Server', board_name: 'X10DRi' }),
    });

    expect(samples.join('\n')).toContain(
      'pgfleet_host_hardware_info{vendor="Supermicro",product="X10DRi",board="X10DRi"',
    );
  });

  it('asks dmidecode where the kernel has no such folder', () => {
    const dmidecode = `Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: HP
\tVersion: P56
\tRelease Date: 05/02/2011

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: HP
\tProduct Name: ProLiant DL380 G5
`;
    const samples = collect(collector, { 'dmi-id': { status: 'absent' }, dmidecode });

    expect(samples[0]).toContain('bios_date="2011-05-02"');
    expect(samples[1]).toContain('product="ProLiant DL380 G5"');
  });

  it('fails visibly when only dmidecode could tell and may not', () => {
    const sections = { 'dmi-id': { status: 'absent' }, dmidecode: { status: 'denied' } } as const;

    expect(() => collect(collector, sections)).toThrow('needs more privileges');
  });

  it('gives nothing where there is no DMI, and no date from a broken one', () => {
    expect(collect(collector, { 'dmi-id': { status: 'absent' }, dmidecode: { status: 'absent' } })).toEqual(
      [],
    );
    expect(
      collect(collector, { 'dmi-id': tree({ sys_vendor: 'X', bios_date: '<BAD INDEX>' }) }).join(),
    ).not.toContain('bios_release');
  });
});
