import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './edac.ts';

const tree = (files: Readonly<Record<string, string>>) =>
  Object.entries(files)
    .map(([file, value]) => `/sys/devices/system/edac/mc/${file}\t${value}\n`)
    .join('');

describe('edac', () => {
  it('exports errors by controller, row and module', () => {
    const edac = tree({
      'mc0/mc_name': 'Sandy Bridge Socket#0',
      'mc0/ce_count': '12',
      'mc0/ue_count': '1',
      'mc0/ce_noinfo_count': '2',
      'mc0/ue_noinfo_count': '0',
      'mc0/csrow3/ce_count': '10',
      'mc0/csrow3/ue_count': '1',
      'mc0/dimm5/dimm_label': 'CPU_SrcID#0_Channel#1_DIMM#0',
      'mc0/dimm5/dimm_ce_count': '10',
      'mc0/dimm5/dimm_ue_count': '1',
    });

    expect(collect(collector, { edac })).toEqual([
      'node_edac_correctable_errors_total{controller="0"} 12',
      'node_edac_uncorrectable_errors_total{controller="0"} 1',
      'node_edac_csrow_correctable_errors_total{controller="0",csrow="unknown"} 2',
      'node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="unknown"} 0',
      'node_edac_csrow_correctable_errors_total{controller="0",csrow="3"} 10',
      'node_edac_csrow_uncorrectable_errors_total{controller="0",csrow="3"} 1',
      'pgfleet_dimm_correctable_errors_total{controller="0",dimm="dimm5",label="CPU_SrcID#0_Channel#1_DIMM#0"} 10',
      'pgfleet_dimm_uncorrectable_errors_total{controller="0",dimm="dimm5",label="CPU_SrcID#0_Channel#1_DIMM#0"} 1',
      'pgfleet_host_edac_driver_loaded 1',
    ]);
  });

  it('does not take a missing driver for no errors', () => {
    expect(collect(collector, { edac: { status: 'absent' } })).toEqual(['pgfleet_host_edac_driver_loaded 0']);
  });

  it('says nothing of virtual machines, nor when the capture did not look', () => {
    const virtual = '/sys/class/dmi/id/sys_vendor\tVMware, Inc.\n';

    expect(collect(collector, { edac: { status: 'absent' }, virtual })).toEqual([]);
    expect(collect(collector, {})).toEqual([]);
  });

  it('fails visibly when it could not be read', () => {
    expect(() => collect(collector, { edac: { status: 'timeout' } })).toThrow('hung');
  });
});
