import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector, parseDiskstats } from './diskstats.ts';

const names = (lines: readonly string[]) => lines.map((line) => line.replace(/.*device="(.*)".*/, '$1'));

describe('diskstats', () => {
  it('exports a disk of Linux 5.5 and later', () => {
    const diskstats = '   8       0 sda 1 2 3 4000 5 6 7 8000 9 10000 11000 12 13 14 15000 16 17000\n';

    expect(collect(collector, { diskstats })).toEqual([
      'node_disk_reads_completed_total{device="sda"} 1',
      'node_disk_reads_merged_total{device="sda"} 2',
      'node_disk_read_bytes_total{device="sda"} 1536',
      'node_disk_read_time_seconds_total{device="sda"} 4',
      'node_disk_writes_completed_total{device="sda"} 5',
      'node_disk_writes_merged_total{device="sda"} 6',
      'node_disk_written_bytes_total{device="sda"} 3584',
      'node_disk_write_time_seconds_total{device="sda"} 8',
      'node_disk_io_now{device="sda"} 9',
      'node_disk_io_time_seconds_total{device="sda"} 10',
      'node_disk_io_time_weighted_seconds_total{device="sda"} 11',
      'node_disk_discards_completed_total{device="sda"} 12',
      'node_disk_discards_merged_total{device="sda"} 13',
      'node_disk_discarded_sectors_total{device="sda"} 14',
      'node_disk_discard_time_seconds_total{device="sda"} 15',
      'node_disk_flush_requests_total{device="sda"} 16',
      'node_disk_flush_requests_time_seconds_total{device="sda"} 17',
    ]);
  });

  it('exports milliseconds without rounding noise', () => {
    const samples = collect(collector, { diskstats: '8 0 sda 1 2 3 18 5 6 7 8 9 10 11\n' });

    expect(samples).toContain('node_disk_read_time_seconds_total{device="sda"} 0.018');
  });

  it('leaves out what an old kernel does not count', () => {
    const samples = collect(collector, { diskstats: '104 0 cciss/c0d0 1 2 3 4 5 6 7 8 9 10 11\n' });

    expect(samples).toHaveLength(11);
    expect(samples[0]).toBe('node_disk_reads_completed_total{device="cciss/c0d0"} 1');
  });

  it('reads the four numbers of a partition before Linux 2.6.25', () => {
    expect(collect(collector, { diskstats: ' 104    1 cciss/c0d0p1 10 20 30 40\n' })).toEqual([
      'node_disk_reads_completed_total{device="cciss/c0d0p1"} 10',
      'node_disk_read_bytes_total{device="cciss/c0d0p1"} 10240',
      'node_disk_writes_completed_total{device="cciss/c0d0p1"} 30',
      'node_disk_written_bytes_total{device="cciss/c0d0p1"} 20480',
    ]);
  });

  it('leaves out partitions and pseudo devices as node_exporter does', () => {
    const devices = [
      'ram0',
      'zram1',
      'loop3',
      'fd0',
      'sda1',
      'hdb2',
      'vda1',
      'xvda3',
      'nvme0n1p1',
      'sr0',
      'dm-0',
      'md127',
      'sda',
      'nvme0n1',
    ];
    const diskstats = devices.map((device) => `8 0 ${device} 1 0 0 0 0 0 0 0 0 0 0\n`).join('');
    const read = collect(collector, { diskstats }).filter((line) =>
      line.startsWith('node_disk_reads_completed'),
    );

    expect(names(read)).toEqual(['sr0', 'dm-0', 'md127', 'sda', 'nvme0n1']);
  });

  it.each([
    ['8 0 sda 1 2 3\n'],
    ['8 0 sda 1 2 3 4 5\n'],
    ['8 0 sda\n'],
    ['sda 1 2 3 4\n'],
    ['8 0 sda 1 2 x 4\n'],
  ])('refuses %j', (text) => {
    expect(() => parseDiskstats(text)).toThrow('/proc/diskstats');
  });

  it('accepts a host without disks', () => {
    expect(parseDiskstats('')).toEqual([]);
  });
});
