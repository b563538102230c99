/**
 * Source: `date` on the target, /sys/devices/system/clocksource/clocksource0/*
 * Shape:  "1795335492.992730511 +0000/UTC"; "tsc", "tsc hpet acpi_pm "
 * Units:  seconds since the epoch; hours and minutes east of UTC -> seconds
 * Needs:  nothing   Cost: one process
 * Absent when: the offset, of recorded captures; clock sources, where /sys does not have them
 */
import { gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, treeOf } from '../host-collector.ts';

const seconds = gauge('node_time_seconds', 'Clock of the host, in seconds since the epoch.');
const zoneOffset = gauge('node_time_zone_offset_seconds', 'How far local time is ahead of UTC.', [
  'time_zone',
]);
const available = gauge(
  'node_time_clocksource_available_info',
  'Clock sources the kernel could use, always 1.',
  ['clocksource', 'device'],
);
const current = gauge('node_time_clocksource_current_info', 'Clock source the kernel uses, always 1.', [
  'clocksource',
  'device',
]);
const offset = gauge(
  'pgfleet_host_clock_offset_seconds',
  'How far the clock of the host is ahead of the clock of pgfleet.',
);
const offsetError = gauge(
  'pgfleet_host_clock_offset_error_seconds',
  'Largest error of the clock offset: half the time the capture was on its way.',
);

export const collector = {
  name: 'time',
  help: 'What time it is on the host, how wrong that is, and what its clock runs on.',
  metrics: [seconds, zoneOffset, available, current, offset, offsetError],
  sections: [],
  tier: 'fast',
  *samples({ section, header, clock }) {
    yield seconds(header.time);
    if (header.zone !== undefined) yield zoneOffset({ time_zone: header.zone }, header.zoneOffsetSeconds);
    yield offset(clock?.seconds);
    yield offsetError(clock?.errorSeconds);
    const text = contentOf(section('clocksource'));
    if (text === undefined) return;
    for (const [path, [line = '']] of treeOf(text)) {
      const metric = path.endsWith('/current_clocksource') ? current : available;
      const device = /clocksource(?<device>\d+)\//.exec(path)?.groups?.['device'] ?? '';
      for (const clocksource of line.split(' '))
        if (clocksource !== '') yield metric({ clocksource, device }, 1);
    }
  },
} satisfies HostCollector;
