import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './schedstat.ts';

it('exports running, waiting and time slices of each CPU', () => {
  const schedstat =
    'cpu0 1 0 3 4 5 6 2045936778163039 343796328169361 4767485306\ncpu12 0 0 0 0 0 0 1500000000 0 1\n';

  expect(collect(collector, { schedstat })).toEqual([
    'node_schedstat_running_seconds_total{cpu="0"} 2045936.778163039',
    'node_schedstat_waiting_seconds_total{cpu="0"} 343796.328169361',
    'node_schedstat_timeslices_total{cpu="0"} 4767485306',
    'node_schedstat_running_seconds_total{cpu="12"} 1.5',
    'node_schedstat_waiting_seconds_total{cpu="12"} 0',
    'node_schedstat_timeslices_total{cpu="12"} 1',
  ]);
});

it('does not read the other columns of Linux 2.6.18', () => {
  expect(collect(collector, { schedstat: 'cpu0 1 2 3 4 5 6 7 8 9 10 11 12\n' })).toEqual([]);
});

it('refuses a line that is cut', () => {
  expect(() => collect(collector, { schedstat: 'cpu0 1 2 3\n' })).toThrow('9 numbers');
});
