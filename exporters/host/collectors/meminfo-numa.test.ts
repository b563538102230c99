import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './meminfo-numa.ts';

it('exports the fields and events of each node', () => {
  const sections = {
    'numa:node0:meminfo':
      'Node 0 MemFree:        5 kB\nNode 0 Active(anon):   1 kB\nNode 0 HugePages_Free:     3\n',
    'numa:node0:numastat': 'numa_hit 193460335812\nunknown 1\n',
    'numa:node1:numastat': 'other_node 7\n',
  };

  expect(collect(collector, sections)).toEqual([
    'node_memory_numa_MemFree{node="0"} 5120',
    'node_memory_numa_Active_anon{node="0"} 1024',
    'node_memory_numa_HugePages_Free{node="0"} 3',
    'node_memory_numa_numa_hit_total{node="0"} 193460335812',
    'node_memory_numa_other_node_total{node="1"} 7',
  ]);
});
