/**
 * Source: the lines of CPUs in /proc/schedstat, https://docs.kernel.org/scheduler/sched-stats.html
 * Shape:  "cpu0 498494191 0 3533438552 2553969831 3853684107 2465731542 2045936778163039 343796328169361 4767485306"
 * Units:  nanoseconds -> seconds; time slices as they are
 * Needs:  nothing   Cost: one file, a line for each CPU
 * Absent when: the kernel was built without CONFIG_SCHEDSTATS; before version 15 of the format (Linux 2.6.30),
 *         whose columns are others
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

const running = counter('node_schedstat_running_seconds_total', 'Time tasks ran on the CPU.', ['cpu']);
const waiting = counter(
  'node_schedstat_waiting_seconds_total',
  'Time tasks were ready and waited for the CPU.',
  ['cpu'],
);
const slices = counter('node_schedstat_timeslices_total', 'Times a task was given the CPU.', ['cpu']);

/** Numbers of a line of version 15 and later; version 14 has twelve. */
const COLUMNS = 9;
const PER_NANOSECOND = 1e9;

export const collector = {
  name: 'schedstat',
  help: 'How long tasks run and how long they wait for a CPU that is busy.',
  metrics: [running, waiting, slices],
  sections: ['schedstat'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('schedstat'));
    for (const [line, cpu = '', rest = ''] of (text ?? '').matchAll(/^cpu(\d+) (.*)$/gm)) {
      const numbers = rest.trim().split(/ +/).map(kernelNumber);
      if (numbers.length < COLUMNS || numbers.includes(undefined)) {
        throw new ParseError('/proc/schedstat', `${COLUMNS} numbers for a CPU`, line);
      }
      if (numbers.length > COLUMNS) continue;
      const [ran = 0, waited = 0, count] = numbers.slice(6);
      yield running({ cpu }, ran / PER_NANOSECOND);
      yield waiting({ cpu }, waited / PER_NANOSECOND);
      yield slices({ cpu }, count);
    }
  },
} satisfies HostCollector;
