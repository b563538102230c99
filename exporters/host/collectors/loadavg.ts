/**
 * Source: /proc/loadavg, https://man7.org/linux/man-pages/man5/proc_loadavg.5.html
 * Shape:  "0.21 0.37 0.39 1/719 19737"
 * Units:  runnable and uninterruptible tasks, exported as they are
 * Needs:  nothing   Cost: one file
 * Absent when: never on Linux
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const load1 = gauge('node_load1', 'Load average over 1 minute.');
const load5 = gauge('node_load5', 'Load average over 5 minutes.');
const load15 = gauge('node_load15', 'Load average over 15 minutes.');

export const collector = {
  name: 'loadavg',
  help: 'How many tasks want to run.',
  metrics: [load1, load5, load15],
  sections: ['loadavg'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('loadavg'));
    if (text === undefined) return;
    const { one, five, fifteen } = parseLoadavg(text);
    yield load1(one);
    yield load5(five);
    yield load15(fifteen);
  },
} satisfies HostCollector;

/** Throws ParseError unless the text starts with three decimal numbers. */
export function parseLoadavg(text: string): { one: number; five: number; fifteen: number } {
  const { one, five, fifteen } =
    /^(?<one>\d+\.\d+) (?<five>\d+\.\d+) (?<fifteen>\d+\.\d+) /.exec(text)?.groups ?? {};
  if (one === undefined || five === undefined || fifteen === undefined) {
    throw new ParseError('/proc/loadavg', 'three averages', text);
  }
  return { one: Number(one), five: Number(five), fifteen: Number(fifteen) };
}
