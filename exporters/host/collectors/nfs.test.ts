import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './nfs.ts';

it('exports calls in total and by procedure', () => {
  const nfs = 'net 70 70 69 45\nrpc 1218785755 374636 1218815394\nproc3 2 0 1061909262\nproc4 3 98 51 54\n';

  expect(collect(collector, { nfs })).toEqual([
    'node_nfs_packets_total{protocol="udp"} 70',
    'node_nfs_packets_total{protocol="tcp"} 69',
    'node_nfs_connections_total 45',
    'node_nfs_rpcs_total 1218785755',
    'node_nfs_rpc_retransmissions_total 374636',
    'node_nfs_rpc_authentication_refreshes_total 1218815394',
    'node_nfs_requests_total{method="Null",proto="3"} 0',
    'node_nfs_requests_total{method="GetAttr",proto="3"} 1061909262',
    'node_nfs_requests_total{method="Null",proto="4"} 98',
    'node_nfs_requests_total{method="Read",proto="4"} 51',
    'node_nfs_requests_total{method="Write",proto="4"} 54',
  ]);
});

it('has nothing to say without an NFS client', () => {
  expect(collect(collector, { nfs: { status: 'absent' } })).toEqual([]);
});
