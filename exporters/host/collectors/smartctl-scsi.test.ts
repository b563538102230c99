import { expect, it } from 'vitest';
import { diskSections } from '../../../test/support/disks.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './smartctl-scsi.ts';

it.each(['sas-hdd.json', 'sas-hdd.txt'])('gives the error counters of %s', (name) => {
  expect(collect(collector, diskSections({ '/dev/sdb': name, '/dev/nvme0': 'nvme.txt' }))).toEqual([
    'smartctl_scsi_grown_defect_list{device="sdb"} 56',
    'smartctl_read_errors_corrected_by_rereads_rewrites{device="sdb"} 3',
    'smartctl_read_errors_corrected_by_eccfast{device="sdb"} 1410362924',
    'smartctl_read_errors_corrected_by_eccdelayed{device="sdb"} 7',
    'smartctl_read_total_uncorrected_errors{device="sdb"} 2',
    'smartctl_write_errors_corrected_by_rereads_rewrites{device="sdb"} 20',
    'smartctl_write_errors_corrected_by_eccfast{device="sdb"} 0',
    'smartctl_write_errors_corrected_by_eccdelayed{device="sdb"} 0',
    'smartctl_write_total_uncorrected_errors{device="sdb"} 0',
  ]);
});
