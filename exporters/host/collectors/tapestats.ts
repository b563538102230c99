/**
 * Source: /sys/class/scsi_tape/st<N>/stats/*, https://docs.kernel.org/scsi/st.html
 * Shape:  "3741"
 * Units:  nanoseconds -> seconds; bytes and counts as they are
 * Needs:  nothing   Cost: eleven small files for each drive
 * Absent when: there is no tape drive; before Linux 4.2
 */
import { counter, gauge, type Metric } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const total = (name: string, help: string) => counter(`node_tape_${name}_total`, help, ['device']);

const FILES: Readonly<Record<string, readonly [Metric<'device'>, divisor: number]>> = {
  in_flight: [gauge('node_tape_io_now', 'Requests in flight.', ['device']), 1],
  io_ns: [total('io_time_seconds', 'Time the drive was busy, movements of the tape included.'), 1e9],
  other_cnt: [total('io_others', 'Requests that were neither reads nor writes.'), 1],
  read_byte_cnt: [total('read_bytes', 'Bytes read.'), 1],
  read_cnt: [total('reads_completed', 'Reads that ended.'), 1],
  read_ns: [total('read_time_seconds', 'Time all reads together took.'), 1e9],
  resid_cnt: [total('residual', 'Reads and writes that moved less than asked for.'), 1],
  write_byte_cnt: [total('written_bytes', 'Bytes written.'), 1],
  write_cnt: [total('writes_completed', 'Writes that ended.'), 1],
  write_ns: [total('write_time_seconds', 'Time all writes together took.'), 1e9],
};

export const collector = {
  name: 'tapestats',
  help: 'How much tape drives read and write: where backups go.',
  metrics: Object.values(FILES).map(([metric]) => metric),
  sections: ['tape'],
  tier: 'fast',
  *samples({ section }) {
    for (const { groups, line } of filesOf(
      section('tape'),
      /^\/sys\/class\/scsi_tape\/(?<device>st\d+)\/stats\/(?<file>\w+)$/,
    )) {
      const [metric, divisor = 1] = FILES[groups['file'] ?? ''] ?? [];
      const value = kernelNumber(line);
      if (metric !== undefined && value !== undefined)
        yield metric({ device: groups['device'] ?? '' }, value / divisor);
    }
  },
} satisfies HostCollector;
