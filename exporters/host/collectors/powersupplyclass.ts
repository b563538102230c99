/**
 * Source: /sys/class/power_supply/<name>/*, https://docs.kernel.org/admin-guide/abi-testing.html (sysfs-class-power)
 * Shape:  online "1", type "Mains", voltage_now "11660000"
 * Units:  millionths of volts, amperes, watts and their hours -> the units themselves; tenths of a degree -> degrees
 * Needs:  nothing   Cost: up to 23 small files for each supply
 * Absent when: the firmware reports none: servers rarely do, their supplies are asked through IPMI; the serial
 *         number, which is nobody's business
 */
import { gauge, type Metric } from '../../../lib/metric.ts';
import { filesOf, type HostCollector, signedNumber } from '../host-collector.ts';

const value = (name: string, help: string) => gauge(`node_power_supply_${name}`, help, ['power_supply']);

const FILES: Readonly<Record<string, readonly [Metric<'power_supply'>, divisor: number]>> = {
  online: [value('online', 'Whether the supply gives power.'), 1],
  present: [value('present', 'Whether a battery is there.'), 1],
  capacity: [value('capacity', 'Charge of the battery in percent.'), 1],
  cycle_count: [value('cyclecount', 'Times the battery was charged.'), 1],
  voltage_now: [value('voltage_volt', 'Voltage in volts.'), 1e6],
  voltage_min_design: [value('voltage_min_design', 'Lowest voltage of the design in volts.'), 1e6],
  current_now: [value('current_ampere', 'Current in amperes.'), 1e6],
  power_now: [value('power_watt', 'Power in watts.'), 1e6],
  energy_now: [value('energy_watthour', 'Energy left in watt hours.'), 1e6],
  energy_full: [value('energy_full', 'Energy of a full battery in watt hours.'), 1e6],
  energy_full_design: [value('energy_full_design', 'Energy of a new full battery in watt hours.'), 1e6],
  charge_now: [value('charge_ampere', 'Charge left in ampere hours.'), 1e6],
  charge_full: [value('charge_full', 'Charge of a full battery in ampere hours.'), 1e6],
  charge_full_design: [value('charge_full_design', 'Charge of a new full battery in ampere hours.'), 1e6],
  temp: [value('temp_celsius', 'Temperature in degrees Celsius.'), 10],
};
const WORDS = [
  ...(['type', 'status', 'health', 'scope', 'technology'] as const),
  ...(['manufacturer', 'model_name', 'capacity_level'] as const),
];
const info = gauge('node_power_supply_info', 'What the supply says of itself in words, always 1.', [
  'power_supply',
  ...WORDS,
]);

export const collector = {
  name: 'powersupplyclass',
  help: 'Mains and batteries that the firmware reports.',
  metrics: [info, ...Object.values(FILES).map(([metric]) => metric)],
  sections: ['power-supply'],
  tier: 'fast',
  *samples({ section }) {
    const supplies = new Map<string, Map<string, string>>();
    for (const { groups, line } of filesOf(section('power-supply'), FILE)) {
      const { name = '', file = '' } = groups;
      const files = supplies.get(name) ?? new Map<string, string>();
      supplies.set(name, files);
      if (line !== undefined) files.set(file, line.trim());
    }
    for (const [name, files] of supplies) {
      const words = Object.fromEntries(WORDS.map((word) => [word, files.get(word) ?? '']));
      yield info({ power_supply: name, ...(words as Record<(typeof WORDS)[number], string>) }, 1);
      for (const [file, [metric, divisor]] of Object.entries(FILES)) {
        const number = signedNumber(files.get(file));
        yield metric({ power_supply: name }, number === undefined ? undefined : number / divisor);
      }
    }
  },
} satisfies HostCollector;

const FILE = /^\/sys\/class\/power_supply\/(?<name>[^/]+)\/(?<file>[a-z_]+)$/;
