import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './zoneinfo.ts';

it('exports the pages of each zone, and not those of single CPUs', () => {
  const zoneinfo = `Node 0, zone      DMA
  per-node stats
      nr_mapped    423143
  pages free     2949
        high     14
        protection: (0, 2039)
      nr_free_pages 2949
      numa_hit     1
  pagesets
    cpu: 0
              count: 0
              high:  99
Node 1, zone   Normal
  pages free     1
        high     7
`;

  expect(collect(collector, { zoneinfo })).toEqual([
    'node_zoneinfo_nr_mapped_pages{node="0",zone="DMA"} 423143',
    'node_zoneinfo_high_pages{node="0",zone="DMA"} 14',
    'node_zoneinfo_nr_free_pages{node="0",zone="DMA"} 2949',
    'node_zoneinfo_numa_hit_total{node="0",zone="DMA"} 1',
    'node_zoneinfo_protection_0{node="0",zone="DMA"} 0',
    'node_zoneinfo_protection_1{node="0",zone="DMA"} 2039',
    'node_zoneinfo_high_pages{node="1",zone="Normal"} 7',
  ]);
});

it('refuses other text', () => {
  expect(() => collect(collector, { zoneinfo: 'pages free 1\n' })).toThrow('/proc/zoneinfo');
});
