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

it('gives what nvme-cli tells where smartctl is missing', () => {
  const smartLog = JSON.stringify({ critical_warning: 0, avail_spare: 97, percent_used: 4, media_errors: 0 });

  expect(
    collect(collector, {
      smartctl: { status: 'absent' },
      'nvme:/dev/nvme0:id-ctrl': JSON.stringify({ mn: 'DEMO SSD', sn: 'DEMO01' }),
      'nvme:/dev/nvme0:smart-log': smartLog,
    }),
  ).toEqual([
    'smartctl_device_percentage_used{device="nvme0"} 4',
    'smartctl_device_available_spare{device="nvme0"} 97',
    'smartctl_device_critical_warning{device="nvme0"} 0',
    'smartctl_device_media_errors{device="nvme0"} 0',
  ]);
});
