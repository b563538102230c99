/**
 * Source: /proc/net/{netstat,snmp,snmp6}, https://docs.kernel.org/networking/snmp_counter.html
 * Shape:  "Tcp: RtoAlgorithm ActiveOpens ...", then "Tcp: 1 3556 ..."; in snmp6 "Udp6InErrors   0"
 * Units:  packets, octets and events, exported as they are
 * Needs:  nothing   Cost: three files
 * Absent when: a counter the kernel does not have; IPv6, where it is switched off
 */
import { ParseError } from '../../../lib/errors.ts';
import { type Metric, type Sample, untyped } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber } from '../host-collector.ts';

/** What node_exporter exports by default; -1 of a counter means that there is no limit. */
const EXPORTED =
  `Icmp_InErrors Icmp_InMsgs Icmp_OutMsgs Icmp6_InErrors Icmp6_InMsgs Icmp6_OutMsgs Ip_Forwarding
  IpExt_InOctets IpExt_OutOctets Ip6_InOctets Ip6_OutOctets TcpExt_ListenOverflows TcpExt_ListenDrops
  TcpExt_SyncookiesSent TcpExt_SyncookiesRecv TcpExt_SyncookiesFailed TcpExt_TCPSynRetrans TcpExt_TCPTimeouts
  TcpExt_TCPOFOQueue TcpExt_TCPRcvQDrop Tcp_ActiveOpens Tcp_PassiveOpens Tcp_InSegs Tcp_OutSegs
  Tcp_RetransSegs Tcp_InErrs Tcp_OutRsts Tcp_CurrEstab Udp_InDatagrams Udp_NoPorts Udp_InErrors
  Udp_OutDatagrams Udp_RcvbufErrors Udp_SndbufErrors Udp6_InDatagrams Udp6_NoPorts Udp6_InErrors
  Udp6_OutDatagrams Udp6_RcvbufErrors Udp6_SndbufErrors UdpLite_InErrors UdpLite6_InErrors`.split(/\s+/);

const metrics = EXPORTED.map((name) => {
  const [protocol = '', counter = ''] = name.split('_');
  return { protocol, counter, metric: untyped(`node_netstat_${name}`, `Statistic ${protocol}${counter}.`) };
});
/** By "Tcp:" and "ActiveOpens", the words of netstat and snmp. */
const byProtocol = new Map<string, Map<string, Metric>>();
/** By "Udp6InErrors", the words of snmp6. */
const byWord = new Map<string, Metric>();
for (const { protocol, counter, metric } of metrics) {
  const counters = byProtocol.get(`${protocol}:`) ?? new Map<string, Metric>();
  byProtocol.set(`${protocol}:`, counters.set(counter, metric));
  byWord.set(`${protocol}${counter}`, metric);
}

export const collector = {
  name: 'netstat',
  help: 'What IP, TCP and UDP count: connections, retransmissions, dropped connections.',
  metrics: metrics.map(({ metric }) => metric),
  sections: ['netstat', 'snmp', 'snmp6'],
  tier: 'fast',
  *samples({ section }) {
    for (const name of ['netstat', 'snmp']) {
      const text = contentOf(section(name));
      if (text !== undefined) yield* readPairs(name, text);
    }
    const text = contentOf(section('snmp6'));
    if (text !== undefined) yield* readSnmp6(text);
  },
} satisfies HostCollector;

/** Throws ParseError where a line of names has no line of as many numbers. */
function* readPairs(file: string, text: string): Generator<Sample> {
  const lines = text.split('\n').filter((line) => line !== '');
  for (let at = 0; at < lines.length; at += 2) {
    const [protocol = '', ...names] = words(lines[at]);
    const [same, ...values] = words(lines[at + 1]);
    if (!protocol.endsWith(':') || same !== protocol || values.length !== names.length) {
      throw new ParseError(
        `/proc/net/${file}`,
        'a line of names and one of as many numbers',
        lines[at] ?? '',
      );
    }
    const counters = byProtocol.get(protocol);
    if (counters === undefined) continue;
    for (const [index, name] of names.entries()) {
      const metric = counters.get(name);
      if (metric !== undefined) yield metric(kernelNumber(values[index]));
    }
  }
}

function words(line = ''): string[] {
  return line.trim().split(' ');
}

/** "Udp6InErrors   0" is InErrors of Udp6. */
function* readSnmp6(text: string): Generator<Sample> {
  for (const line of text.split('\n')) {
    const end = line.search(/[ \t]/);
    if (end === -1) continue;
    const metric = byWord.get(line.slice(0, end));
    if (metric !== undefined) yield metric(kernelNumber(line.slice(end).trim()));
  }
}
