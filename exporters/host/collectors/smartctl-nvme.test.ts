import { expect, it } from 'vitest';
import { diskSections } from '../../../test/support/disks.ts';
import { collect } from '../../../test/support/host.ts';
import { collector } from './smartctl-nvme.ts';

it.each(['nvme.json', 'nvme.txt'])('gives the health log of %s', (name) => {
  expect(collect(collector, diskSections({ '/dev/nvme0': name, '/dev/sda': 'sata-hdd.txt' }))).toEqual([
    'smartctl_device_percentage_used{device="nvme0"} 103',
    'smartctl_device_available_spare{device="nvme0"} 4',
    'smartctl_device_available_spare_threshold{device="nvme0"} 10',
    'smartctl_device_critical_warning{device="nvme0"} 1',
    'smartctl_device_media_errors{device="nvme0"} 3',
    'smartctl_device_num_err_log_entries{device="nvme0"} 44',
  ]);
});
