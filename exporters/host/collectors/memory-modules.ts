/**
 * Source: dmidecode, records 16 (memory array) and 17 (memory device)
 * Shape:  "Size: 4096 MB", "Locator: DIMM 1A", "Type: DDR3", "Speed: 1333 MHz", "Configured Clock Speed: 1066 MHz"
 * Units:  MB and GB -> bytes; MHz and MT/s -> transfers per second
 * Needs:  root, or sudo for dmidecode   Cost: dmidecode's output
 * Absent when: of virtual machines, whose modules are invented, and where the firmware does not say
 */
import { gauge } from '../../../lib/metric.ts';
import { type DmiMemorySlot, inventoryOf } from '../formats/dmi-inventory.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';
import { isVirtual } from './virtual.ts';

const info = gauge('pgfleet_dimm_info', 'A memory module as its firmware describes it, always 1.', [
  'slot',
  'type',
  'manufacturer',
  'part_number',
  'rank',
]);
const size = gauge('pgfleet_dimm_size_bytes', 'Size of a memory module.', ['slot']);
const rated = gauge(
  'pgfleet_dimm_rated_transfers_per_second',
  'Transfers per second a memory module is made for.',
  ['slot'],
);
const configured = gauge(
  'pgfleet_dimm_configured_transfers_per_second',
  'Transfers per second a memory module runs at.',
  ['slot'],
);
const slots = gauge('pgfleet_host_memory_slots', 'Memory slots of the machine, by what is in them.', [
  'state',
]);
const maximum = gauge(
  'pgfleet_host_memory_maximum_bytes',
  'Memory the machine can take, as its firmware says.',
);
const ecc = gauge(
  'pgfleet_host_memory_error_correction_info',
  'Error correction of the memory, as the firmware says, always 1.',
  ['mode'],
);

export const collector = {
  name: 'memory_modules',
  help: 'Which memory modules are in which slots, and whether they run as fast as they could.',
  metrics: [info, size, rated, configured, slots, maximum, ecc],
  sections: ['dmidecode'],
  tier: 'inventory',
  *samples(input) {
    if (contentOf(input.section('dmidecode')) === undefined || isVirtual(input)) return;
    const { memory, complete } = inventoryOf(input.section('dmidecode'));
    for (const [slot, module] of withUniqueNames(memory.slots)) {
      if (module.sizeBytes === undefined) continue;
      const { type, manufacturer, partNumber, rank } = module;
      const known = { manufacturer: manufacturer ?? '', part_number: partNumber ?? '', rank: rank ?? '' };
      yield info({ slot, type: type ?? '', ...known }, 1);
      yield size({ slot }, module.sizeBytes);
      yield rated({ slot }, module.ratedTransfersPerSecond);
      yield configured({ slot }, module.configuredTransfersPerSecond);
    }
    if (memory.errorCorrection !== undefined) yield ecc({ mode: memory.errorCorrection }, 1);
    yield maximum(memory.maximumBytes);
    if (!complete || memory.slots.length === 0) return;
    const used = memory.slots.filter(({ sizeBytes }) => sizeBytes !== undefined).length;
    const empty = memory.slots.filter((slot) => slot.empty).length;
    yield slots({ state: 'used' }, used);
    yield slots({ state: 'empty' }, empty);
    yield slots({ state: 'unreadable' }, memory.slots.length - used - empty);
  },
} satisfies HostCollector;

/** Boards with several controllers repeat slot names; the bank tells them apart, else a number does. */
function withUniqueNames(all: readonly DmiMemorySlot[]): Map<string, DmiMemorySlot> {
  const named = new Map<string, DmiMemorySlot>();
  const counts = new Map<string, number>();
  for (const { locator } of all) counts.set(locator, (counts.get(locator) ?? 0) + 1);
  for (const slot of all) {
    const { locator, bank } = slot;
    let name = counts.get(locator) === 1 || bank === undefined ? locator : `${bank} ${locator}`;
    for (let number = 2; named.has(name); number += 1) name = `${locator} #${number}`;
    named.set(name, slot);
  }
  return named;
}
