import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './cpu-info.ts';

it('exports what each CPU says', () => {
  const cpuinfo =
    'processor\t: 3\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 45\nmodel name\t: Xeon\nstepping\t: 7\nmicrocode\t: 0x710\ncache size\t: 20480 KB\nphysical id\t: 1\ncore id\t\t: 2\n';

  expect(collect(collector, { cpuinfo })).toEqual([
    'node_cpu_info{cpu="3",package="1",core="2",vendor="GenuineIntel",family="6",model="45",model_name="Xeon",microcode="0x710",stepping="7",cachesize="20480 KB"} 1',
  ]);
});

it('leaves out what an old or foreign kernel does not say', () => {
  expect(collect(collector, { cpuinfo: 'processor\t: 0\nCPU part\t: 0xd01\n' })).toEqual([
    'node_cpu_info{cpu="0"} 1',
  ]);
  expect(collect(collector, { cpuinfo: '' })).toEqual([]);
});
