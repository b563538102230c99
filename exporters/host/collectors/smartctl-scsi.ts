/**
 * Source: the grown defect list and the error counter pages that smartctl prints of SCSI and SAS disks;
 *         names as https://github.com/prometheus-community/smartctl_exporter
 * Shape:  "Elements in grown defect list: 56", "read:  1521076288  0  0  1521076288  0  25920.949  0"
 * Units:  counts
 * Needs:  smartctl 5.3 or later as root   Cost: read with the disk's other values
 * Absent when: the disk is not SCSI, or a RAID controller does not pass its log pages on
 */
import { gauge, type Metric, type Sample } from '../../../lib/metric.ts';
import { disksOf, hasDiskTool } from '../formats/disk-list.ts';
import type { ScsiErrorCounters } from '../formats/smartctl-report.ts';
import type { HostCollector } from '../host-collector.ts';

const grownDefects = gauge('smartctl_scsi_grown_defect_list', 'Blocks replaced since the disk was made.', [
  'device',
]);
const readRewrites = gauge(
  'smartctl_read_errors_corrected_by_rereads_rewrites',
  'Read errors corrected by trying again.',
  ['device'],
);
const readFast = gauge('smartctl_read_errors_corrected_by_eccfast', 'Read errors corrected without delay.', [
  'device',
]);
const readDelayed = gauge(
  'smartctl_read_errors_corrected_by_eccdelayed',
  'Read errors corrected with delay.',
  ['device'],
);
const readUncorrected = gauge(
  'smartctl_read_total_uncorrected_errors',
  'Read errors that were not corrected.',
  ['device'],
);
const writeRewrites = gauge(
  'smartctl_write_errors_corrected_by_rereads_rewrites',
  'Write errors corrected by trying again.',
  ['device'],
);
const writeFast = gauge(
  'smartctl_write_errors_corrected_by_eccfast',
  'Write errors corrected without delay.',
  ['device'],
);
const writeDelayed = gauge(
  'smartctl_write_errors_corrected_by_eccdelayed',
  'Write errors corrected with delay.',
  ['device'],
);
const writeUncorrected = gauge(
  'smartctl_write_total_uncorrected_errors',
  'Write errors that were not corrected.',
  ['device'],
);

type CounterField = keyof ScsiErrorCounters;

const COUNTERS: readonly (readonly ['read' | 'write', Metric<'device'>, CounterField])[] = [
  ['read', readRewrites, 'correctedByRereadsRewrites'],
  ['read', readFast, 'correctedByEccFast'],
  ['read', readDelayed, 'correctedByEccDelayed'],
  ['read', readUncorrected, 'uncorrected'],
  ['write', writeRewrites, 'correctedByRereadsRewrites'],
  ['write', writeFast, 'correctedByEccFast'],
  ['write', writeDelayed, 'correctedByEccDelayed'],
  ['write', writeUncorrected, 'uncorrected'],
];

export const collector = {
  name: 'smartctl_scsi',
  help: 'Defects and error counters of SCSI and SAS disks.',
  metrics: [grownDefects, ...COUNTERS.map(([, metric]) => metric)],
  sections: ['smartctl'],
  tier: 'disks',
  *samples(input): Generator<Sample> {
    if (!hasDiskTool(input)) return;
    for (const { device, report } of disksOf(input)) {
      yield grownDefects({ device }, report.scsi?.grownDefects);
      for (const [operation, metric, field] of COUNTERS)
        yield metric({ device }, report.scsi?.counters.get(operation)?.[field]);
    }
  },
} satisfies HostCollector;
