import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './softnet.ts';

const line = (numbers: readonly number[]) =>
  `${numbers.map((number) => number.toString(16).padStart(8, '0')).join(' ')}\n`;

it('exports what an old kernel counts, by the place of the line', () => {
  const softnet = line([914306, 41, 10, 0, 0, 0, 0, 0, 0]) + line([1, 0, 0, 0, 0, 0, 0, 0, 3]);

  expect(collect(collector, { softnet })).toEqual([
    'node_softnet_processed_total{cpu="0"} 914306',
    'node_softnet_dropped_total{cpu="0"} 41',
    'node_softnet_times_squeezed_total{cpu="0"} 10',
    'node_softnet_cpu_collision_total{cpu="0"} 0',
    'node_softnet_processed_total{cpu="1"} 1',
    'node_softnet_dropped_total{cpu="1"} 0',
    'node_softnet_times_squeezed_total{cpu="1"} 0',
    'node_softnet_cpu_collision_total{cpu="1"} 3',
  ]);
});

it('knows the CPU of a line where the kernel tells it: others may be offline', () => {
  const softnet = line([7, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 4, 2]);

  expect(collect(collector, { softnet })).toEqual([
    'node_softnet_processed_total{cpu="2"} 7',
    'node_softnet_dropped_total{cpu="2"} 0',
    'node_softnet_times_squeezed_total{cpu="2"} 0',
    'node_softnet_cpu_collision_total{cpu="2"} 0',
    'node_softnet_received_rps_total{cpu="2"} 5',
    'node_softnet_flow_limit_count_total{cpu="2"} 6',
    'node_softnet_backlog_len{cpu="2"} 4',
  ]);
});

it('refuses other text', () => {
  expect(() => collect(collector, { softnet: '0001 0002\n' })).toThrow('nine hexadecimal');
});
