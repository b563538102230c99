/**
 * Source: /proc/net/rpc/nfsd, https://man7.org/linux/man-pages/man8/nfsstat.8.html
 * Shape:  "rc 0 6 18622", "io 157286400 72864", "th 8 0 ...", "proc4ops 72 0 0 0 1098 ..."
 * Units:  packets, bytes and calls, exported as they are
 * Needs:  nothing   Cost: one small file
 * Absent when: the host is no NFS server; the read-ahead cache from Linux 5.4 on; an operation not counted
 */
import { counter, gauge } from '../../../lib/metric.ts';
import { callsOf, PROCEDURES_2, PROCEDURES_3, parseRpcStats } from '../formats/rpc-stats.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';

const of = (name: string, help: string) => counter(`node_nfsd_${name}_total`, help);

/** Line and place of each number. */
const NUMBERS = [
  ['rc', 0, of('reply_cache_hits', 'Answers from the reply cache: the client had lost the first one.')],
  ['rc', 1, of('reply_cache_misses', 'Calls whose answer was put into the reply cache.')],
  ['rc', 2, of('reply_cache_nocache', 'Calls whose answer need not be kept.')],
  ['fh', 0, of('file_handles_stale', 'Calls with a handle of a file that is gone.')],
  ['io', 0, of('disk_bytes_read', 'Bytes read for clients.')],
  ['io', 1, of('disk_bytes_written', 'Bytes written for clients.')],
  ['th', 0, gauge('node_nfsd_server_threads', 'Threads that serve clients.')],
  ['ra', 0, gauge('node_nfsd_read_ahead_cache_size_blocks', 'Size of the read-ahead cache in blocks.')],
  ['ra', 11, of('read_ahead_cache_not_found', 'Look-ups the read-ahead cache could not answer.')],
  ['net', 3, of('connections', 'TCP connections of clients.')],
  ['rpc', 0, of('server_rpcs', 'Calls of clients.')],
] as const;
const packets = counter('node_nfsd_packets_total', 'Packets received from clients.', ['proto']);
const errors = counter('node_nfsd_rpc_errors_total', 'Calls refused: bad form, authentication, or client.', [
  'error',
]);
const requests = counter('node_nfsd_requests_total', 'Calls of clients by procedure.', ['proto', 'method']);

/** Operations of NFS 4 by their number in RFC 7530. */
const OPERATIONS_4 =
  `- - - Access Close Commit Create DelegPurge DelegReturn GetAttr GetFH Link Lock Lockt Locku
  Lookup LookupRoot Nverify Open OpenAttr OpenConfirm OpenDgrd PutFH - - Read ReadDir ReadLink Remove Rename
  Renew RestoreFH SaveFH SecInfo SetAttr SetClientID SetClientIDConfirm Verify Write RelLockOwner`.split(
    /\s+/,
  );
const withoutNull = (names: readonly string[]) => ['-', ...names.slice(1)];
const VERSIONS = [
  ['2', 'proc2', withoutNull(PROCEDURES_2)],
  ['3', 'proc3', withoutNull(PROCEDURES_3)],
  ['4', 'proc4ops', OPERATIONS_4],
] as const;

export const collector = {
  name: 'nfsd',
  help: 'What NFS clients ask of the host.',
  metrics: [packets, errors, requests, ...NUMBERS.map(([, , metric]) => metric)],
  sections: ['nfsd'],
  tier: 'fast',
  *samples({ section }) {
    const text = contentOf(section('nfsd'));
    if (text === undefined) return;
    const stats = parseRpcStats('nfsd', text);
    for (const [line, place, metric] of NUMBERS) yield metric(stats.get(line)?.[place]);
    const [, udp, tcp] = stats.get('net') ?? [];
    yield packets({ proto: 'udp' }, udp);
    yield packets({ proto: 'tcp' }, tcp);
    const [, , form, authentication, client] = stats.get('rpc') ?? [];
    yield errors({ error: 'fmt' }, form);
    yield errors({ error: 'auth' }, authentication);
    yield errors({ error: 'cInt' }, client);
    for (const [proto, line, names] of VERSIONS) {
      for (const { method, count } of callsOf(stats, line, names)) yield requests({ proto, method }, count);
    }
    const [delegations] = stats.get('wdeleg_getattr') ?? [];
    yield requests({ proto: '4', method: 'WdelegGetattr' }, delegations);
  },
} satisfies HostCollector;
