/**
 * Source: /proc/net/{udp,udp6}, https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
 * Shape:  a heading, then "0: 00000000:0016 00000000:0000 0A 00000015:00000000 ..."
 * Units:  bytes, hexadecimal, summed over the sockets
 * Needs:  nothing   Cost: two files, a line for each socket
 * Absent when: IPv6, where it is switched off
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const queues = gauge('node_udp_queues', 'Bytes that wait in the queues of all UDP sockets.', ['queue', 'ip']);

export const collector = {
  name: 'udp_queues',
  help: 'Whether UDP packets wait to be read or sent.',
  metrics: [queues],
  sections: ['udp', 'udp6'],
  tier: 'fast',
  *samples({ section }) {
    for (const [name, ip] of [
      ['udp', 'v4'],
      ['udp6', 'v6'],
    ] as const) {
      const text = contentOf(section(name));
      if (text === undefined) continue;
      const { sent, received } = sumQueues(name, text);
      yield queues({ queue: 'tx', ip }, sent);
      yield queues({ queue: 'rx', ip }, received);
    }
  },
} satisfies HostCollector;

function sumQueues(name: string, text: string): { sent: number; received: number } {
  const [heading = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const sums = { sent: 0, received: 0 };
  if (!/^\s*sl\s+local_address/.test(heading)) {
    throw new ParseError(`/proc/net/${name}`, 'the heading "sl local_address ..."', heading);
  }
  for (const line of lines) {
    const found = /^\s*\d+: \S+ \S+ [0-9A-F]{2} (?<tx>[0-9A-F]{8}):(?<rx>[0-9A-F]{8}) /.exec(line)?.groups;
    if (found === undefined) throw new ParseError(`/proc/net/${name}`, 'a socket with its two queues', line);
    sums.sent += Number.parseInt(found['tx'] ?? '', 16);
    sums.received += Number.parseInt(found['rx'] ?? '', 16);
  }
  return sums;
}
