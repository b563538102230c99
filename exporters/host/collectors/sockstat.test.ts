import { describe, expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './sockstat.ts';

const sockstat = `sockets: used 229
TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 2
UDP: inuse 0 mem 0
RAW: inuse 0
FRAG: inuse 0 memory 0
`;

describe('sockstat', () => {
  it('exports sockets by kind', () => {
    expect(collect(collector, { sockstat, sockstat6: 'TCP6: inuse 17\nUDPLITE6: inuse 0\n' })).toEqual([
      'node_sockstat_sockets_used 229',
      'node_sockstat_TCP_inuse 4',
      'node_sockstat_TCP_orphan 0',
      'node_sockstat_TCP_tw 4',
      'node_sockstat_TCP_alloc 17',
      'node_sockstat_TCP_mem 2',
      'node_sockstat_UDP_inuse 0',
      'node_sockstat_UDP_mem 0',
      'node_sockstat_RAW_inuse 0',
      'node_sockstat_FRAG_inuse 0',
      'node_sockstat_FRAG_memory 0',
      'node_sockstat_TCP6_inuse 17',
      'node_sockstat_UDPLITE6_inuse 0',
    ]);
  });

  it.each([
    ['AnonPages:     4000 kB\n', 'nr_anon_pages 1010\n', 8192],
    ['AnonPages:     64000 kB\n', 'nr_anon_pages 1000\n', 131_072],
    ['MemFree:       8000 kB\nMapped: 4 kB\n', 'nr_free_pages 2000\nnr_mapped 1\n', 8192],
  ])('gives memory in bytes, knowing the page from %j and %j', (meminfo, vmstat, bytes) => {
    expect(collect(collector, { sockstat, meminfo, vmstat })).toContain(
      `node_sockstat_TCP_mem_bytes ${bytes}`,
    );
  });

  it('gives no bytes where the page may be of any size', () => {
    const samples = collect(collector, {
      sockstat,
      meminfo: 'MemFree: 8000 kB\n',
      vmstat: 'nr_free_pages 3000\n',
    });

    expect(samples.join()).not.toContain('mem_bytes');
  });

  it('refuses other text', () => {
    expect(() => collect(collector, { sockstat: 'TCP: inuse\n' })).toThrow('/proc/net/sockstat');
  });
});
