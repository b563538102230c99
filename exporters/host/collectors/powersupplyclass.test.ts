import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './powersupplyclass.ts';

const files = (name: string, values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([file, value]) => `/sys/class/power_supply/${name}/${file}\t${value}\n`)
    .join('');

it('exports mains and batteries', () => {
  const section =
    files('AC', { type: 'Mains', online: '0' }) +
    files('BAT0', {
      type: 'Battery',
      status: 'Discharging',
      capacity: '81',
      voltage_now: '11660000',
      temp: '-50',
    });

  expect(collect(collector, { 'power-supply': section })).toEqual([
    'node_power_supply_info{power_supply="AC",type="Mains"} 1',
    'node_power_supply_online{power_supply="AC"} 0',
    'node_power_supply_info{power_supply="BAT0",type="Battery",status="Discharging"} 1',
    'node_power_supply_capacity{power_supply="BAT0"} 81',
    'node_power_supply_voltage_volt{power_supply="BAT0"} 11.66',
    'node_power_supply_temp_celsius{power_supply="BAT0"} -5',
  ]);
});

it('has nothing to say of a machine without', () => {
  expect(collect(collector, { 'power-supply': { status: 'absent' } })).toEqual([]);
});
