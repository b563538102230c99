import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './thermal-zone.ts';

it('exports zones and cooling devices', () => {
  const thermal = `/sys/class/thermal/thermal_zone0/type\tcpu-thermal
/sys/class/thermal/thermal_zone1/type\tacpitz
/sys/class/thermal/thermal_zone0/temp\t12376
/sys/class/thermal/thermal_zone1/temp\t-5000
/sys/class/thermal/cooling_device0/type\tProcessor
/sys/class/thermal/cooling_device0/cur_state\t0
/sys/class/thermal/cooling_device0/max_state\t3
`;

  expect(collect(collector, { thermal })).toEqual([
    'node_thermal_zone_temp{zone="0",type="cpu-thermal"} 12.376',
    'node_thermal_zone_temp{zone="1",type="acpitz"} -5',
    'node_cooling_device_cur_state{name="0",type="Processor"} 0',
    'node_cooling_device_max_state{name="0",type="Processor"} 3',
  ]);
});

it('has no temperature of a sensor that is switched off', () => {
  const thermal =
    '/sys/class/thermal/thermal_zone0/type\tx86_pkg_temp\n/sys/class/thermal/thermal_zone0/temp\n';

  expect(collect(collector, { thermal })).toEqual([]);
});
