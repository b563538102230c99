import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './filesystem-errors.ts';

it('exports the errors a file system remembers, and no date where there was none', () => {
  const ext4 = [
    '/sys/fs/ext4/sda1/errors_count\t3',
    '/sys/fs/ext4/sda1/first_error_time\t1600000000',
    '/sys/fs/ext4/sda1/last_error_time\t1700000000',
    '/sys/fs/ext4/dm-0/errors_count\t0',
    '/sys/fs/ext4/dm-0/first_error_time\t0',
    '/sys/fs/ext4/dm-0/last_error_time\t0',
  ].join('\n');

  expect(collect(collector, { ext4 })).toEqual([
    'pgfleet_filesystem_ext4_errors_total{device="sda1"} 3',
    'pgfleet_filesystem_ext4_error_timestamp_seconds{device="sda1",which="first"} 1600000000',
    'pgfleet_filesystem_ext4_error_timestamp_seconds{device="sda1",which="last"} 1700000000',
    'pgfleet_filesystem_ext4_errors_total{device="dm-0"} 0',
  ]);
});

it('finds file systems that became read-only, not those that are meant to be', () => {
  const fstab = '/ ext3 rw\n/data\\040one ext4 rw\n/media iso9660 ro\n/proc proc rw\n';
  const mounts = [
    'rootfs / rootfs rw 0 0',
    '/dev/root / ext3 rw,data=ordered 0 0',
    '/dev/sdb1 /data\\040one ext4 ro,relatime 0 0',
    '/dev/sr0 /media iso9660 ro 0 0',
    '/dev/sdc1 /not/in/fstab ext4 ro 0 0',
    '',
  ].join('\n');

  expect(collect(collector, { fstab, mounts })).toEqual([
    'pgfleet_filesystem_remounted_readonly{device="/dev/root",fstype="ext3",mountpoint="/"} 0',
    'pgfleet_filesystem_remounted_readonly{device="/dev/sdb1",fstype="ext4",mountpoint="/data one"} 1',
  ]);
});
