/**
 * Source: /proc/net/softnet_stat, https://docs.kernel.org/networking/scaling.html
 * Shape:  a line of hexadecimal numbers for each CPU: "000dfb82 00000029 0000000a 00000000 ..."; 9 of them in
 *         Linux 2.6.18, 10 from 2.6.35, 11 from 3.11, 13 from 5.10 (backlog and number of the CPU)
 * Units:  packets and events, exported as they are
 * Needs:  nothing   Cost: one file, a line for each CPU
 * Absent when: a number the kernel does not have
 */
import { ParseError } from '../../../lib/errors.ts';
import { counter, gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const events = (name: string, help: string) => counter(`node_softnet_${name}_total`, help, ['cpu']);

/** Column of each family. */
const COLUMNS = [
  [0, events('processed', 'Packets received.')],
  [1, events('dropped', 'Packets dropped because the queue of the CPU was full.')],
  [2, events('times_squeezed', 'Times work was left because the time for it had passed.')],
  [8, events('cpu_collision', 'Times the lock of a device was held by another CPU.')],
  [9, events('received_rps', 'Times another CPU asked to process packets.')],
  [10, events('flow_limit_count', 'Times the limit of a flow was reached.')],
  [11, gauge('node_softnet_backlog_len', 'Packets that wait in the queue.', ['cpu'])],
] as const;
const CPU_COLUMN = 12;

export const collector = {
  name: 'softnet',
  help: 'Whether the CPUs keep up with the packets that arrive.',
  metrics: COLUMNS.map(([, metric]) => metric),
  sections: ['softnet'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('softnet'));
    if (text === undefined) return;
    for (const [index, numbers] of parseSoftnet(text).entries()) {
      const labels = { cpu: String(numbers[CPU_COLUMN] ?? index) };
      for (const [column, metric] of COLUMNS) yield metric(labels, numbers[column]);
    }
  },
} satisfies HostCollector;

/** Throws ParseError for a line that is not hexadecimal numbers. */
export function parseSoftnet(text: string): number[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      if (!/^[0-9a-f]{8}(?: [0-9a-f]{8}){8,}\s*$/.test(line)) {
        throw new ParseError('/proc/net/softnet_stat', 'at least nine hexadecimal numbers', line);
      }
      return line
        .trim()
        .split(' ')
        .map((word) => Number.parseInt(word, 16));
    });
}
