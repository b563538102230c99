import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './netstat.ts';

describe('netstat', () => {
  it('exports the counters node_exporter exports by default', () => {
    const sections = {
      netstat:
        'TcpExt: SyncookiesSent ListenDrops DelayedACKs\nTcpExt: 1 2 3\nIpExt: InOctets\nIpExt: 6286396970\n',
      snmp: 'Tcp: RtoMin MaxConn ActiveOpens CurrEstab\nTcp: 200 -1 3556 7\nUdpLite: InErrors\nUdpLite: 0\n',
      snmp6: 'Ip6InOctets                     \t460\nIp6InReceives 7\nUdp6InErrors 0\nUdpLite6InErrors 3\n',
    };

    expect(collect(collector, sections)).toEqual([
      'node_netstat_TcpExt_SyncookiesSent 1',
      'node_netstat_TcpExt_ListenDrops 2',
      'node_netstat_IpExt_InOctets 6286396970',
      'node_netstat_Tcp_ActiveOpens 3556',
      'node_netstat_Tcp_CurrEstab 7',
      'node_netstat_UdpLite_InErrors 0',
      'node_netstat_Ip6_InOctets 460',
      'node_netstat_Udp6_InErrors 0',
      'node_netstat_UdpLite6_InErrors 3',
    ]);
  });

  it('reads no value out of a line that was cut or glued together', () => {
    expect(collect(collector, { snmp6: 'Udp6InErrors5\nUdp6NoPorts\nIp6InOctets 4x\n' })).toEqual([]);
  });

  it('says nothing of IPv6 where it is switched off', () => {
    expect(collect(collector, { snmp: 'Tcp: InErrs\nTcp: 5\n', snmp6: { status: 'absent' } })).toEqual([
      'node_netstat_Tcp_InErrs 5',
    ]);
  });

  it.each(['Tcp: A B\nTcp: 1\n', 'Tcp: A\nUdp: 1\n', 'Tcp: A\n', 'nothing\n'])('refuses %j', (snmp) => {
    expect(() => collect(collector, { snmp })).toThrow('/proc/net/snmp');
  });
});
