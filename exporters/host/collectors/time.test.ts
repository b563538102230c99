import { expect, it } from 'vitest';
import { collect } from '../../../test/support/host.ts';
import { collector } from './time.ts';

const FOLDER = '/sys/devices/system/clocksource/clocksource0';

it('exports the clock, its offset and what it runs on', () => {
  const clocksource = `${FOLDER}/current_clocksource\thpet\n${FOLDER}/available_clocksource\thpet acpi_pm \n`;

  expect(collect(collector, { clocksource })).toEqual([
    'node_time_seconds 1700000000.5',
    'node_time_zone_offset_seconds{time_zone="CET"} 3600',
    'pgfleet_host_clock_offset_seconds 0.25',
    'pgfleet_host_clock_offset_error_seconds 0.125',
    'node_time_clocksource_current_info{clocksource="hpet",device="0"} 1',
    'node_time_clocksource_available_info{clocksource="hpet",device="0"} 1',
    'node_time_clocksource_available_info{clocksource="acpi_pm",device="0"} 1',
  ]);
});

it('knows no offset of a recorded capture', () => {
  const samples = collect(collector, { clocksource: { status: 'absent' } }, { clock: undefined });

  expect(samples).toEqual([
    'node_time_seconds 1700000000.5',
    'node_time_zone_offset_seconds{time_zone="CET"} 3600',
  ]);
});
