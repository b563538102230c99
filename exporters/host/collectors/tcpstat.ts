/**
 * Source: /proc/net/{tcp,tcp6}, https://docs.kernel.org/networking/proc_net_tcp.html
 * Shape:  a heading, then "0: 0100007F:0277 00000000:0000 0A 00000000:00000000 ..."
 * Units:  connections; bytes, hexadecimal, summed over the connections
 * Needs:  nothing   Cost: a line of 150 bytes for each connection; off by default, as in node_exporter
 * Absent when: a state no connection is in
 */
import { ParseError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const states = gauge('node_tcp_connection_states', 'Connections in each state, and bytes in their queues.', [
  'state',
]);

const NAMES =
  `established syn_sent syn_recv fin_wait1 fin_wait2 time_wait close close_wait last_ack listen closing
  new_syn_recv`.split(/\s+/);

export const collector = {
  name: 'tcpstat',
  help: 'In which states TCP connections are: thousands that wait to be closed are an application that leaks.',
  metrics: [states],
  enabledByDefault: false,
  sections: ['tcp', 'tcp6'],
  tier: 'detail',
  *samples({ section }) {
    const counts = new Map<string, number>();
    for (const name of ['tcp', 'tcp6']) count(counts, name, contentOf(section(name)));
    for (const [state, total] of counts) yield states({ state }, total);
  },
} satisfies HostCollector;

function count(counts: Map<string, number>, name: string, text: string | undefined): void {
  const [heading, ...lines] = (text ?? '').split('\n').filter((line) => line !== '');
  if (heading === undefined) return;
  const add = (state: string, more: number) => counts.set(state, (counts.get(state) ?? 0) + more);
  for (const line of lines) {
    const found = /^\s*\d+: \S+ \S+ (?<state>[0-9A-F]{2}) (?<tx>[0-9A-F]{8}):(?<rx>[0-9A-F]{8}) /.exec(
      line,
    )?.groups;
    const state = NAMES[Number.parseInt(found?.['state'] ?? '', 16) - 1];
    if (found === undefined || state === undefined) {
      throw new ParseError(`/proc/net/${name}`, 'a connection with its state', line);
    }
    add(state, 1);
    add('tx_queued_bytes', Number.parseInt(found['tx'] ?? '', 16));
    add('rx_queued_bytes', Number.parseInt(found['rx'] ?? '', 16));
  }
}
