/**
 * Source: dmidecode, records 39 (system power supply)
 * Shape:  "Location: PSU 1", "Status: Present, OK", "Max Power Capacity: 460 W", "Plugged: Yes"
 * Units:  watts; states as one series per state
 * Needs:  root, or sudo for dmidecode   Cost: dmidecode's output
 * Absent when: the firmware lists no power supplies (two of three do not). Read once a boot by some firmware:
 *         what IPMI says now goes before
 */
import { gauge } from '../../../lib/metric.ts';
import { inventoryOf } from '../formats/dmi-inventory.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';
import { isVirtual } from './virtual.ts';

const info = gauge('pgfleet_psu_info', 'A power supply as the firmware describes it, always 1.', [
  'psu',
  'manufacturer',
  'model',
]);
const capacity = gauge('pgfleet_psu_capacity_watts', 'Power a power supply can give.', ['psu']);
const state = gauge(
  'pgfleet_psu_state',
  'State of a power supply as the firmware saw it: 1 for the one it is in.',
  ['psu', 'state'],
);

const STATES = ['ok', 'non-critical', 'critical', 'unknown', 'absent'] as const;

export const collector = {
  name: 'power_supplies',
  help: 'Which power supplies the machine has, and in which state its firmware saw them.',
  metrics: [info, capacity, state],
  sections: ['dmidecode'],
  tier: 'inventory',
  *samples(input) {
    if (contentOf(input.section('dmidecode')) === undefined || isVirtual(input)) return;
    const { powerSupplies } = inventoryOf(input.section('dmidecode'));
    for (const [
      index,
      { location, model, manufacturer, capacityWatts, present, health },
    ] of powerSupplies.entries()) {
      const repeated = powerSupplies.filter((other) => other.location === location).length > 1;
      const psu = location === undefined || repeated ? `PSU ${index + 1}` : location;
      if (present) yield info({ psu, manufacturer: manufacturer ?? '', model: model ?? '' }, 1);
      yield capacity({ psu }, present ? capacityWatts : undefined);
      const current = present
        ? (STATES.find((known) => known === health?.toLowerCase()) ?? 'unknown')
        : 'absent';
      for (const known of STATES) yield state({ psu, state: known }, Number(known === current));
    }
  },
} satisfies HostCollector;
