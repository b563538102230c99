import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './cpu-throttling.ts';

const cpu = (number: number, core: number, throttles: number) => {
  const folder = `/sys/devices/system/cpu/cpu${number}`;
  return [
    `${folder}/thermal_throttle/core_throttle_count\t${throttles}`,
    `${folder}/thermal_throttle/package_throttle_count\t9`,
    `${folder}/topology/core_id\t${core}`,
    `${folder}/topology/physical_package_id\t0`,
  ].join('\n');
};

it('counts each core and each package once, however many threads they have', () => {
  const throttling = [cpu(0, 0, 4), cpu(1, 1, 0), cpu(2, 0, 4)].join('\n');

  expect(collect(collector, { throttling })).toEqual([
    'node_cpu_core_throttles_total{core="0",package="0"} 4',
    'node_cpu_package_throttles_total{package="0"} 9',
    'node_cpu_core_throttles_total{core="1",package="0"} 0',
  ]);
});

it('gives nothing where the processor does not count', () => {
  expect(collect(collector, { throttling: { status: 'absent' } })).toEqual([]);
});
