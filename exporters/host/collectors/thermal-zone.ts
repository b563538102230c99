/**
 * Source: /sys/class/thermal/{thermal_zone*,cooling_device*}, https://docs.kernel.org/driver-api/thermal/sysfs-api.html
 * Shape:  type "x86_pkg_temp", temp "12376"; type "Processor", cur_state "0", max_state "3"
 * Units:  thousandths of a degree -> degrees Celsius; states are steps, exported as they are
 * Needs:  nothing   Cost: two files per zone, three per cooling device
 * Absent when: the platform has none (most virtual machines); a sensor that is switched off
 */
import { gauge } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, kernelNumber, signedNumber } from '../host-collector.ts';

const temperature = gauge('node_thermal_zone_temp', 'Temperature of the zone in degrees Celsius.', [
  'zone',
  'type',
]);
const current = gauge('node_cooling_device_cur_state', 'Step at which the device cools now.', [
  'name',
  'type',
]);
const most = gauge('node_cooling_device_max_state', 'Highest step at which the device can cool.', [
  'name',
  'type',
]);

const ZONE = /^\/sys\/class\/thermal\/thermal_zone(?<id>\d+)\/(?<file>type|temp)$/;
const DEVICE = /^\/sys\/class\/thermal\/cooling_device(?<id>\d+)\/(?<file>type|cur_state|max_state)$/;

export const collector = {
  name: 'thermal_zone',
  help: 'Temperatures the platform reports, and how hard it cools.',
  metrics: [temperature, current, most],
  sections: ['thermal'],
  tier: 'fast',
  *samples({ section }) {
    const found = section('thermal');
    for (const [zone, files] of byId(filesOf(found, ZONE))) {
      const millidegrees = signedNumber(files.get('temp'));
      const type = files.get('type') ?? '';
      yield temperature({ zone, type }, millidegrees === undefined ? undefined : millidegrees / 1000);
    }
    for (const [name, files] of byId(filesOf(found, DEVICE))) {
      const labels = { name, type: files.get('type') ?? '' };
      yield current(labels, kernelNumber(files.get('cur_state')));
      yield most(labels, kernelNumber(files.get('max_state')));
    }
  },
} satisfies HostCollector;

function byId(files: ReturnType<typeof filesOf>): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const { groups, line } of files) {
    const { id = '', file = '' } = groups;
    const own = found.get(id) ?? new Map<string, string>();
    found.set(id, own);
    if (line !== undefined) own.set(file, line);
  }
  return found;
}
