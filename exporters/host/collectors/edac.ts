/**
 * Source: /sys/devices/system/edac/mc/mc<N>/*, https://docs.kernel.org/driver-api/edac.html
 * Shape:  one number per file: ce_count, ue_count; csrow<M>/ce_count; dimm<M>/dimm_ce_count, dimm<M>/dimm_label
 * Units:  errors since the driver was loaded, exported as they are
 * Needs:  nothing   Cost: some small files per memory controller
 * Absent when: no driver is loaded, or the firmware keeps errors to itself: pgfleet_host_edac_driver_loaded is
 *         then 0, which means unknown and not "no errors". Of virtual machines nothing is exported
 */
import { counter, gauge } from '../../../lib/metric.ts';
import { contentOf, type HostCollector, kernelNumber, type Tree, treeOf } from '../host-collector.ts';
import { isVirtual } from './virtual.ts';

const correctable = counter('node_edac_correctable_errors_total', 'Memory errors that were corrected.', [
  'controller',
]);
const uncorrectable = counter(
  'node_edac_uncorrectable_errors_total',
  'Memory errors that could not be corrected.',
  ['controller'],
);
const rowCorrectable = counter(
  'node_edac_csrow_correctable_errors_total',
  'Memory errors that were corrected, by row; unknown where the row could not be told.',
  ['controller', 'csrow'],
);
const rowUncorrectable = counter(
  'node_edac_csrow_uncorrectable_errors_total',
  'Memory errors that could not be corrected, by row; unknown where the row could not be told.',
  ['controller', 'csrow'],
);
const dimmCorrectable = counter(
  'pgfleet_dimm_correctable_errors_total',
  'Memory errors of a module that were corrected.',
  ['controller', 'dimm', 'label'],
);
const dimmUncorrectable = counter(
  'pgfleet_dimm_uncorrectable_errors_total',
  'Memory errors of a module that could not be corrected.',
  ['controller', 'dimm', 'label'],
);
const driver = gauge(
  'pgfleet_host_edac_driver_loaded',
  'Whether the kernel counts memory errors; where it does not, nothing is known of them.',
);

export const collector = {
  name: 'edac',
  help: 'Memory errors, corrected and not, and whether anybody counts them.',
  metrics: [
    correctable,
    uncorrectable,
    rowCorrectable,
    rowUncorrectable,
    dimmCorrectable,
    dimmUncorrectable,
    driver,
  ],
  sections: ['edac'],
  tier: 'fast',
  *samples(input) {
    const found = input.section('edac');
    const text = contentOf(found);
    if (found.status === 'missing' || isVirtual(input)) return;
    const tree = treeOf(text ?? '');
    let controllers = 0;
    for (const [path, [line]] of tree) {
      const { controller, part, file } = PATH.exec(path)?.groups ?? {};
      const value = kernelNumber(line);
      if (controller === undefined || file === undefined || value === undefined) continue;
      const row = part === undefined ? 'unknown' : part.replace('csrow', '');
      if (part === undefined && file === 'ce_count') controllers += 1;
      if (part === undefined && file === 'ce_count') yield correctable({ controller }, value);
      else if (part === undefined && file === 'ue_count') yield uncorrectable({ controller }, value);
      else if (file === 'ce_noinfo_count' || file === 'ce_count')
        yield rowCorrectable({ controller, csrow: row }, value);
      else if (file === 'ue_noinfo_count' || file === 'ue_count')
        yield rowUncorrectable({ controller, csrow: row }, value);
      else if (part !== undefined) {
        const labels = { controller, dimm: part, label: labelOf(tree, path) };
        yield (file === 'dimm_ce_count' ? dimmCorrectable : dimmUncorrectable)(labels, value);
      }
    }
    yield driver(controllers === 0 ? 0 : 1);
  },
} satisfies HostCollector;

const PATH =
  /^\/sys\/devices\/system\/edac\/mc\/mc(?<controller>\d+)\/(?:(?<part>(?:csrow|dimm|rank)\d+)\/)?(?<file>(?:dimm_)?[cu]e_(?:noinfo_)?count)$/;

/** What is printed on the board beside the slot, where the driver or the administrator knows it. */
function labelOf(tree: Tree, path: string): string {
  return tree.get(`${path.slice(0, path.lastIndexOf('/'))}/dimm_label`)?.[0]?.trim() ?? '';
}
