/**
 * Source: /proc/net/{netstat,snmp,snmp6}, https://docs.kernel.org/networking/snmp_counter.html
 * Shape:  "Tcp: RtoAlgorithm ActiveOpens ...", then "Tcp: 1 3556 ..."; in snmp6 "Udp6InErrors   0"
 * Units:  packets, octets and events, exported as they are
 * Needs:  nothing   Cost: three files
 * Absent when: a counter the kernel does not have; IPv6, where it is switched off
 */
import { ParseError } from '../../../lib/errors.ts';
import { type Metric, untyped } from '../../../lib/metric.ts';
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

const metrics = new Map<string, Metric>(
  EXPORTED.map((name) => [name, untyped(`node_netstat_${name}`, `Statistic ${name.replace('_', '')}.`)]),
);

export const collector = {
  name: 'netstat',
  help: 'What IP, TCP and UDP count: connections, retransmissions, dropped connections.',
  metrics: [...metrics.values()],
  sections: ['netstat', 'snmp', 'snmp6'],
  tier: 'fast',
  *samples({ section }) {
    for (const name of ['netstat', 'snmp']) {
      const text = contentOf(section(name));
      if (text !== undefined) yield* exported(parsePairs(name, text));
    }
    const text = contentOf(section('snmp6'));
    if (text !== undefined) yield* exported(parseSnmp6(text));
  },
} satisfies HostCollector;

function* exported(values: Iterable<readonly [string, number | undefined]>) {
  for (const [name, value] of values) {
    const metric = metrics.get(name);
    if (metric !== undefined) yield metric(value);
  }
}

/** "Tcp_ActiveOpens" and its value. Throws ParseError where a line of names has no line of as many numbers. */
function* parsePairs(file: string, text: string): Generator<readonly [string, number | undefined]> {
  const lines = text.split('\n').filter((line) => line !== '');
  for (let at = 0; at < lines.length; at += 2) {
    const [protocol = '', ...names] = (lines[at] ?? '').trim().split(/ +/);
    const [same, ...values] = (lines[at + 1] ?? '').trim().split(/ +/);
    if (!protocol.endsWith(':') || same !== protocol || values.length !== names.length) {
      throw new ParseError(
        `/proc/net/${file}`,
        'a line of names and one of as many numbers',
        lines[at] ?? '',
      );
    }
    for (const [index, name] of names.entries())
      yield [`${protocol.slice(0, -1)}_${name}`, kernelNumber(values[index])];
  }
}

/** "Udp6InErrors" is InErrors of Udp6. */
function* parseSnmp6(text: string): Generator<readonly [string, number | undefined]> {
  for (const [, protocol, name, digits] of text.matchAll(/^(\w+?6)(\w+)[ \t]+(\d+)$/gm))
    yield [`${protocol}_${name}`, kernelNumber(digits)];
}
