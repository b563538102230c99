/**
 * Source: /proc/diskstats, https://docs.kernel.org/admin-guide/iostats.html
 * Shape:  "8 0 sda 25354637 34367663 1003346126 18492372 28444756 11134226 505697032 63877960 0 9653880
 *         82621804", 4 more numbers from Linux 4.18, 2 more from 5.5; partitions have 4 numbers before 2.6.25
 * Units:  sectors of 512 bytes -> bytes (discards stay in sectors), milliseconds -> seconds
 * Needs:  nothing   Cost: one file
 * Absent when: a number the kernel does not have gives no series; partitions, loop, ram and floppy
 *         devices are left out as node_exporter does by default
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter, gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const EXCLUDED = /^(?:z?ram|loop|fd|(?:h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;
const SECTOR_BYTES = 512;
const PER_MILLISECOND = 1 / 1000;

const of = (name: string, help: string, factor = 1) => ({
  metric: counter(`node_disk_${name}_total`, help, ['device']),
  factor,
});

/** In the order of the line. */
const FIELDS = [
  of('reads_completed', 'Reads that succeeded.'),
  of('reads_merged', 'Reads merged with a neighbour before they were issued.'),
  of('read_bytes', 'Bytes read.', SECTOR_BYTES),
  of('read_time_seconds', 'Time all reads together took.', PER_MILLISECOND),
  of('writes_completed', 'Writes that succeeded.'),
  of('writes_merged', 'Writes merged with a neighbour before they were issued.'),
  of('written_bytes', 'Bytes written.', SECTOR_BYTES),
  of('write_time_seconds', 'Time all writes together took.', PER_MILLISECOND),
  { metric: gauge('node_disk_io_now', 'Requests in flight.', ['device']), factor: 1 },
  of('io_time_seconds', 'Time with at least one request in flight.', PER_MILLISECOND),
  of('io_time_weighted_seconds', 'Time of all requests in flight, summed up.', PER_MILLISECOND),
  of('discards_completed', 'Discards that succeeded.'),
  of('discards_merged', 'Discards merged with a neighbour before they were issued.'),
  of('discarded_sectors', 'Sectors discarded.'),
  of('discard_time_seconds', 'Time all discards together took.', PER_MILLISECOND),
  of('flush_requests', 'Flushes that succeeded.'),
  of('flush_requests_time_seconds', 'Time all flushes together took.', PER_MILLISECOND),
] as const;

/** Places of the four numbers of an old partition line among FIELDS: reads, sectors, writes, sectors. */
const OLD_PARTITION = [0, 2, 4, 6];

export const collector = {
  name: 'diskstats',
  help: 'How much the disks read and write, and how long it takes.',
  metrics: FIELDS.map(({ metric }) => metric),
  sections: ['diskstats'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('diskstats'));
    if (text === undefined) return;
    for (const { device, numbers } of parseDiskstats(text)) {
      if (EXCLUDED.test(device)) continue;
      const labels = { device };
      for (const [index, value] of numbers.entries()) {
        const field = FIELDS[numbers.length === OLD_PARTITION.length ? (OLD_PARTITION[index] ?? -1) : index];
        if (field !== undefined) yield field.metric(labels, scaled(value, field.factor));
      }
    }
  },
} satisfies HostCollector;

/** Division keeps 0.018 where multiplying with 0.001 would give 0.018000000000000002. */
function scaled(value: number, factor: number): number {
  return factor < 1 ? value / Math.round(1 / factor) : value * factor;
}

/** Throws ParseError for a line of another shape. */
export function parseDiskstats(text: string): { device: string; numbers: number[] }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, device, rest] = /^ *\d+ +\d+ (\S+) +(\d[\d ]*)$/.exec(line) ?? [];
      const numbers = (rest ?? '').trim().split(/ +/).map(kernelNumber);
      const known = numbers.filter((number) => number !== undefined);
      if (
        device === undefined ||
        known.length !== numbers.length ||
        ![4, 11].includes(Math.min(known.length, 11))
      ) {
        throw new ParseError('/proc/diskstats', 'two numbers, a device and 4 or at least 11 numbers', line);
      }
      return { device, numbers: known };
    });
}
