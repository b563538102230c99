/**
 * Source: the SMART / Health Information log that smartctl prints of NVMe devices (NVM Express base
 *         specification 2.0d, figure 208); names as https://github.com/prometheus-community/smartctl_exporter
 * Shape:  "Percentage Used:  103%", "Critical Warning:  0x01", or the same as JSON
 * Units:  percent as the device has it
 * Needs:  smartctl 6.5 or later as root   Cost: read with the disk's other values
 * Absent when: the disk is not NVMe
 */
import { counter, type Metric, type Sample } from '../../../lib/metric.ts';
import { disksOf, hasDiskTool } from '../formats/disk-list.ts';
import type { NvmeHealth } from '../formats/smartctl-report.ts';
import type { HostCollector } from '../host-collector.ts';

// All of these are counters at the peer, so they are here.
const percentageUsed = counter('smartctl_device_percentage_used', 'Rated write endurance used, in percent.', [
  'device',
]);
const availableSpare = counter(
  'smartctl_device_available_spare',
  'Spare capacity that is left, in percent.',
  ['device'],
);
const spareThreshold = counter(
  'smartctl_device_available_spare_threshold',
  'Spare capacity below which the device warns, in percent.',
  ['device'],
);
const criticalWarning = counter('smartctl_device_critical_warning', 'Critical warnings, a bit mask.', [
  'device',
]);
const mediaErrors = counter(
  'smartctl_device_media_errors',
  'Data integrity errors that were not recovered.',
  ['device'],
);
const errorLogEntries = counter(
  'smartctl_device_num_err_log_entries',
  'Entries in the error log over the life of the controller; also benign ones.',
  ['device'],
);

const FIELDS: readonly (readonly [
  Metric<'device'>,
  keyof NvmeHealth & Exclude<keyof NvmeHealth, 'sensors'>,
])[] = [
  [percentageUsed, 'percentageUsed'],
  [availableSpare, 'availableSpare'],
  [spareThreshold, 'availableSpareThreshold'],
  [criticalWarning, 'criticalWarning'],
  [mediaErrors, 'mediaErrors'],
  [errorLogEntries, 'errorLogEntries'],
];

export const collector = {
  name: 'smartctl_nvme',
  help: 'Wear, spare capacity and warnings of NVMe disks.',
  metrics: FIELDS.map(([metric]) => metric),
  sections: ['smartctl'],
  tier: 'disks',
  *samples(input): Generator<Sample> {
    if (!hasDiskTool(input)) return;
    for (const { device, report } of disksOf(input)) {
      const { nvme } = report;
      if (nvme === undefined) continue;
      for (const [metric, field] of FIELDS) yield metric({ device }, nvme[field]);
    }
  },
} satisfies HostCollector;
