import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './tapestats.ts';

it('exports what drives count, and not their modes of operation', () => {
  const tape = `/sys/class/scsi_tape/st0/stats/in_flight\t1
/sys/class/scsi_tape/st0/stats/io_ns\t9247011087720
/sys/class/scsi_tape/st0/stats/read_byte_cnt\t979383912
/sys/class/scsi_tape/st0/stats/write_cnt\tgarbage
/sys/class/scsi_tape/st0a/stats/in_flight\t1
`;

  expect(collect(collector, { tape })).toEqual([
    'node_tape_io_now{device="st0"} 1',
    'node_tape_io_time_seconds_total{device="st0"} 9247.01108772',
    'node_tape_read_bytes_total{device="st0"} 979383912',
  ]);
});
