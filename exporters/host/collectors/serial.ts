/**
 * Source: dmidecode, records 1 to 3 (system, board, chassis)
 * Shape:  "Serial Number: CZ1234567X", "UUID: 4c4c4544-..."
 * Units:  labels of a series that is always 1
 * Needs:  root, or sudo for dmidecode   Cost: dmidecode's output
 * Absent when: not enabled, for serial numbers are nobody's business unless somebody says so; of virtual machines;
 *         where the firmware has a placeholder instead
 */
import { gauge } from '../../../lib/metric.ts';
import { knownText, parseDmidecode } from '../formats/dmidecode.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';
import { isVirtual } from './virtual.ts';

const info = gauge('pgfleet_host_serial_info', 'Serial numbers of the machine, always 1.', [
  'system',
  'board',
  'chassis',
  'uuid',
]);

export const collector = {
  name: 'serial',
  help: 'Serial numbers of machine, board and chassis, for contracts and inventories.',
  enabledByDefault: false,
  metrics: [info],
  sections: ['dmidecode'],
  tier: 'inventory',
  *samples(input) {
    const text = contentOf(input.section('dmidecode'));
    if (text === undefined || isVirtual(input)) return;
    const { records } = parseDmidecode(text);
    const of = (type: number, key: string) =>
      knownText(records.find((record) => record.type === type)?.values.get(key)) ?? '';
    const labels = {
      system: of(1, 'Serial Number'),
      board: of(2, 'Serial Number'),
      chassis: of(3, 'Serial Number'),
      uuid: of(1, 'UUID'),
    };
    if (Object.values(labels).some((serial) => serial !== '')) yield info(labels, 1);
  },
} satisfies HostCollector;
