/**
 * Source: MegaCli, storcli and perccli, ssacli and hpacucli, arcconf, sas2ircu and sas3ircu, tw_cli, cli64, mvcli,
 *         mdadm --detail, /proc/driver/cciss, /sys/class/scsi_host/hostN/proc_name
 * Shape:  "Current Cache Policy: WriteThrough, ReadAdaptive, Direct, No Write Cache if Bad BBU"
 * Units:  tools print GB for GiB -> bytes; percent -> ratio; millivolts -> volts; hours -> seconds
 * Needs:  the vendor's tool, run as root   Cost: 2 to 60 seconds for each tool, apart from the scrape
 * Absent when: no such tool is installed; then `pgfleet_raid_adapters_unread` counts the controllers that nobody
 *         reads. What a tool does not say gives no series
 */
import { PgfleetError } from '../../../lib/errors.ts';
import { gauge } from '../../../lib/metric.ts';
import { mdadmController, parseMdadm } from '../formats/mdadm.ts';
import { readTools, unreadAdapters } from '../formats/raid-tools.ts';
import { contentOf, type HostCollector } from '../host-collector.ts';
import {
  CONTROLLER_METRICS,
  controllerSamples,
  DRIVE_METRICS,
  driveSamples,
  VOLUME_METRICS,
  volumeSamples,
} from '../raid-metrics.ts';

const found = gauge('pgfleet_raid_controllers', 'Controllers that the tool knows.', ['tool']);
const unread = gauge(
  'pgfleet_raid_adapters_unread',
  'RAID adapters in the machine that no installed tool reads.',
  ['driver'],
);
const coverage = gauge(
  'pgfleet_raid_coverage_ratio',
  'Share of the RAID adapters, and of the answers of their tools, that could be read; 1 where there are none.',
);
const arrayInfo = gauge('pgfleet_raid_md_info', 'Identity of an array of the kernel, always 1.', [
  'device',
  'uuid',
  'name',
  'metadata',
]);

export const collector = {
  name: 'raid',
  help: 'RAID controllers with their volumes, drives, batteries and cache policies, as the vendors tools tell.',
  metrics: [found, unread, coverage, arrayInfo, ...CONTROLLER_METRICS, ...VOLUME_METRICS, ...DRIVE_METRICS],
  sections: ['raid-drivers'],
  tier: 'raid',
  *samples(input) {
    const { controllers, counts, problems } = readTools(input);
    for (const [tool, count] of counts) yield found({ tool }, count);
    for (const controller of controllers) {
      yield* controllerSamples(controller);
      yield* volumeSamples(controller);
      yield* driveSamples(controller);
    }
    const hidden = unreadAdapters(input, controllers);
    for (const [driver, count] of hidden) yield unread({ driver }, count);
    const asked = input.section('raid-drivers').status !== 'missing';
    const unknown = [...hidden.values()].reduce((sum, count) => sum + count, problems.length);
    if (asked) yield coverage(unknown === 0 ? 1 : controllers.length / (controllers.length + unknown));
    const { details } = parseMdadm(input.section('mdadm').output);
    for (const { device, uuid = '', name = '', metadata = '' } of details) {
      yield arrayInfo({ device: device.replace('/dev/', ''), uuid, name, metadata }, 1);
    }
    // The other members are told by the fast tier; a place without a device is known here only.
    const md = mdadmController(details);
    const gone = md?.drives.filter((drive) => drive.state === 'missing') ?? [];
    if (md !== undefined) yield* driveSamples({ ...md, drives: gone });
    // What could be read is served; that something could not be read must show.
    if (problems.length > 0) throw new PgfleetError('command', problems.join('; '));
    if (details.length === 0) contentOf(input.section('mdadm'));
  },
} satisfies HostCollector;
