/**
 * Source: /proc/net/rpc/nfs, https://man7.org/linux/man-pages/man8/nfsstat.8.html
 * Shape:  "net 70 70 69 45", "rpc 1218785755 374636 1218815394", "proc3 22 0 1061909262 ..."
 * Units:  packets and calls, exported as they are
 * Needs:  nothing   Cost: one small file
 * Absent when: the NFS client is not loaded; a procedure the kernel does not count
 */
import { counter } from '../../../lib/metric.ts';
import { callsOf, PROCEDURES_2, PROCEDURES_3, parseRpcStats } from '../formats/rpc-stats.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const packets = counter('node_nfs_packets_total', 'Packets sent and received by the NFS client.', [
  'protocol',
]);
const connections = counter('node_nfs_connections_total', 'TCP connections of the NFS client.');
const rpcs = counter('node_nfs_rpcs_total', 'Calls to NFS servers.');
const retransmissions = counter('node_nfs_rpc_retransmissions_total', 'Calls that were sent again.');
const refreshes = counter('node_nfs_rpc_authentication_refreshes_total', 'Times credentials were refreshed.');
const requests = counter('node_nfs_requests_total', 'Calls to NFS servers by procedure.', [
  'method',
  'proto',
]);

/** In the order of the kernel's nfs4_procedures. */
const PROCEDURES_4 =
  `Null Read Write Commit Open OpenConfirm OpenNoattr OpenDowngrade Close Setattr FsInfo Renew
  SetClientID SetClientIDConfirm Lock Lockt Locku Access Getattr Lookup LookupRoot Remove Rename Link Symlink
  Create Pathconf StatFs ReadLink ReadDir ServerCaps DelegReturn GetACL SetACL FsLocations ReleaseLockowner
  Secinfo FsidPresent ExchangeID CreateSession DestroySession Sequence GetLeaseTime ReclaimComplete
  GetDeviceInfo LayoutGet LayoutCommit LayoutReturn SecinfoNoName TestStateID FreeStateID GetDeviceList
  BindConnToSession DestroyClientID Seek Allocate DeAllocate LayoutStats Clone`.split(/\s+/);
const VERSIONS = [
  ['2', PROCEDURES_2],
  ['3', PROCEDURES_3],
  ['4', PROCEDURES_4],
] as const;

export const collector = {
  name: 'nfs',
  help: 'What the host asks of NFS servers, and how often it has to ask again.',
  metrics: [packets, connections, rpcs, retransmissions, refreshes, requests],
  sections: ['nfs'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('nfs'));
    if (text === undefined) return;
    const stats = parseRpcStats('nfs', text);
    const [, udp, tcp, tcpConnections] = stats.get('net') ?? [];
    yield packets({ protocol: 'udp' }, udp);
    yield packets({ protocol: 'tcp' }, tcp);
    yield connections(tcpConnections);
    const [calls, again, refreshed] = stats.get('rpc') ?? [];
    yield rpcs(calls);
    yield retransmissions(again);
    yield refreshes(refreshed);
    for (const [proto, names] of VERSIONS) {
      for (const { method, count } of callsOf(stats, `proc${proto}`, names))
        yield requests({ method, proto }, count);
    }
  },
} satisfies HostCollector;
