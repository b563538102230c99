import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './nfsd.ts';

it('exports what clients ask', () => {
  const nfsd = `rc 0 6 18622
fh 7 0 0 0 0
io 157286400 72864
th 8 0 0.000
net 972 55 917 1
rpc 18628 3 1 2 0
proc3 2 2 112
proc4ops 5 0 0 0 1098 2
`;

  expect(collect(collector, { nfsd })).toEqual([
    'node_nfsd_reply_cache_hits_total 0',
    'node_nfsd_reply_cache_misses_total 6',
    'node_nfsd_reply_cache_nocache_total 18622',
    'node_nfsd_file_handles_stale_total 7',
    'node_nfsd_disk_bytes_read_total 157286400',
    'node_nfsd_disk_bytes_written_total 72864',
    'node_nfsd_server_threads 8',
    'node_nfsd_connections_total 1',
    'node_nfsd_server_rpcs_total 18628',
    'node_nfsd_packets_total{proto="udp"} 55',
    'node_nfsd_packets_total{proto="tcp"} 917',
    'node_nfsd_rpc_errors_total{error="fmt"} 1',
    'node_nfsd_rpc_errors_total{error="auth"} 2',
    'node_nfsd_rpc_errors_total{error="cInt"} 0',
    'node_nfsd_requests_total{proto="3",method="GetAttr"} 112',
    'node_nfsd_requests_total{proto="4",method="Access"} 1098',
    'node_nfsd_requests_total{proto="4",method="Close"} 2',
  ]);
});
