import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './rapl.ts';

const file = (zone: string, name: string, value: string) =>
  `/sys/class/powercap/intel-rapl:${zone}/${name}\t${value}\n`;

it('exports the energy of each zone in joules', () => {
  const powercap =
    file('0', 'name', 'package-0') +
    file('0:0', 'name', 'dram') +
    file('1', 'name', 'package-1') +
    file('1:0', 'name', 'dram') +
    file('0', 'energy_uj', '240422366267') +
    file('0:0', 'energy_uj', '118821284256') +
    file('1', 'energy_uj', '0') +
    file('1:0', 'energy_uj', '5');

  expect(collect(collector, { powercap })).toEqual([
    'node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0"} 240422.366267',
    'node_rapl_dram_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0"} 118821.284256',
    'node_rapl_package_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1"} 0',
    'node_rapl_dram_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1:0"} 0.000005',
  ]);
});

it('has nothing to say where only root may read', () => {
  const powercap = `${file('0', 'name', 'package-0')}/sys/class/powercap/intel-rapl:0/energy_uj\n`;

  expect(collect(collector, { powercap })).toEqual([]);
});
