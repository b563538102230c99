/**
 * Source: /sys/class/dmi/id/*, https://docs.kernel.org/admin-guide/abi-testing.html (sysfs-class-dmi); dmidecode
 *         where the kernel has no such folder (EL5)
 * Shape:  one text per file, padded with blanks by some makers: "Dell Inc.", "PowerEdge R710", "04/11/2013"
 * Units:  labels of a series that is always 1; dates as seconds since the epoch
 * Needs:  nothing for /sys, root for dmidecode   Cost: 18 small files
 * Absent when: the machine has no DMI (most ARM and POWER). Serial numbers are never read
 */
import { serverModel } from '../../../catalog/server-models.ts';
import { gauge } from '../../../lib/metric.ts';
import { inventoryOf } from '../formats/dmi-inventory.ts';
import { firmwareDate, knownText } from '../formats/dmidecode.ts';
import { contentOf, type HostCollector, type HostInput, treeOf } from '../host-collector.ts';
import { startOfYear } from './cpu-generation.ts';

/** Labels of node_dmi_info and the files they come from; of these, the value is exported as it is. */
const FILES = {
  bios_date: 'bios_date',
  bios_release: 'bios_release',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  product_family: 'product_family',
  product_name: 'product_name',
  product_sku: 'product_sku',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
} as const;
type Label = keyof typeof FILES;

const dmi = gauge(
  'node_dmi_info',
  'What the firmware says of the machine, always 1.',
  Object.keys(FILES) as Label[],
);
const hardware = gauge('pgfleet_host_hardware_info', 'Maker and model of the machine, always 1.', [
  'vendor',
  'product',
  'board',
  'generation',
]);
const launch = gauge(
  'pgfleet_host_model_launch_timestamp_seconds',
  'Beginning of the year in which the model came to market, in seconds since the epoch.',
);
const bios = gauge('pgfleet_host_bios_info', 'Version of the firmware, always 1.', ['vendor', 'version']);
const biosDate = gauge(
  'pgfleet_host_bios_release_timestamp_seconds',
  'Release of the firmware, in seconds since the epoch: not the age of the machine.',
);

export const collector = {
  name: 'dmi',
  help: 'Maker, model and firmware of the machine.',
  metrics: [dmi, hardware, launch, bios, biosDate],
  sections: ['dmi-id', 'dmidecode'],
  tier: 'inventory',
  *samples(input) {
    const files = dmiFiles(input);
    if (files.size === 0) return;
    const raw = Object.entries(FILES).map(([label, file]) => [label, files.get(file)?.trim() ?? ''] as const);
    yield dmi(Object.fromEntries(raw) as Record<Label, string>, 1);
    const machine = machineOf(files);
    const model = serverModel(input.catalog.serverModels, machine);
    yield hardware(
      {
        vendor: model?.vendor ?? machine.manufacturer,
        product: machine.product,
        board: machine.board ?? '',
        generation: model?.generation ?? '',
      },
      1,
    );
    yield launch(startOfYear(model?.launchYear));
    const version = knownText(files.get('bios_version'));
    if (version !== undefined) yield bios({ vendor: knownText(files.get('bios_vendor')) ?? '', version }, 1);
    yield biosDate(firmwareDate(files.get('bios_date')));
  },
} satisfies HostCollector;

/** Texts by the names of the files below /sys/class/dmi/id, from there or from dmidecode. */
export function dmiFiles({ section }: Pick<HostInput, 'section'>): ReadonlyMap<string, string> {
  const tree = treeOf(contentOf(section('dmi-id')) ?? '');
  const files = new Map(
    [...tree].map(([path, [line = '']]) => [path.slice(path.lastIndexOf('/') + 1), line]),
  );
  if ([...files.values()].some((line) => line !== '')) return files;
  const described = section('dmidecode');
  if (contentOf(described) === undefined) return new Map();
  const { system, board, bios: firmware } = inventoryOf(described);
  const date =
    firmware.date === undefined ? undefined : new Date(firmware.date * 1000).toISOString().slice(0, 10);
  const known: Readonly<Record<string, string | undefined>> = {
    sys_vendor: system.manufacturer,
    product_name: system.product,
    product_version: system.version,
    board_vendor: board.manufacturer,
    board_name: board.product,
    bios_vendor: firmware.vendor,
    bios_version: firmware.version,
    bios_date: date,
  };
  return new Map(Object.entries(known).flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])));
}

/** How the catalog of models wants a machine; a placeholder product gives way to the mainboard. */
export function machineOf(files: ReadonlyMap<string, string>) {
  const board = knownText(files.get('board_name'));
  return {
    manufacturer: knownText(files.get('sys_vendor')) ?? knownText(files.get('board_vendor')) ?? '',
    product: knownText(files.get('product_name')) ?? board ?? '',
    ...(board === undefined ? {} : { board }),
  };
}
