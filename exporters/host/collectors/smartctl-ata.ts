/**
 * Source: the attribute table, device statistics and logs that smartctl prints of ATA disks;
 *         names and labels as https://github.com/prometheus-community/smartctl_exporter
 * Shape:  "  5 Reallocated_Sector_Ct   PO--CK   098   098   010    -    2760", or the same as JSON
 * Units:  as the disk has them: normalized values, raw values with all their packed bits
 * Needs:  smartctl 5.3 or later as root   Cost: read with the disk's other values
 * Absent when: the disk is not ATA. Text of "36 (Min/Max 34/38)" leaves bits out: then there is no raw
 *         value here, and pgfleet_disk_attribute has what it means
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { type Disk, disksOf, hasDiskTool } from '../formats/disk-list.ts';
import { flagNames } from '../formats/smartctl-attribute.ts';
import { PHY_EVENTS } from '../formats/smartctl-report.ts';
import type { HostCollector } from '../host-collector.ts';

const attribute = gauge(
  'smartctl_device_attribute',
  'SMART attributes: normalized value, worst, threshold, raw.',
  [
    'device',
    'attribute_name',
    'attribute_flags_short',
    'attribute_flags_long',
    'attribute_value_type',
    'attribute_id',
  ],
);
const statistics = gauge(
  'smartctl_device_statistics',
  'Device statistics and counters of the SATA interface.',
  ['device', 'statistic_table', 'statistic_name', 'statistic_flags_short', 'statistic_flags_long'],
);
const errorLogCount = gauge('smartctl_device_error_log_count', 'Errors the device has ever logged.', [
  'device',
  'error_log_type',
]);
const selfTestCount = gauge('smartctl_device_self_test_log_count', 'Self-tests in the log of the device.', [
  'device',
  'self_test_log_type',
]);
const selfTestErrors = gauge(
  'smartctl_device_self_test_log_error_count',
  'Self-tests in the log that failed.',
  ['device', 'self_test_log_type'],
);

export const collector = {
  name: 'smartctl_ata',
  help: 'SMART attributes, statistics and logs of ATA disks, as the disks give them.',
  metrics: [attribute, statistics, errorLogCount, selfTestCount, selfTestErrors],
  sections: ['smartctl'],
  tier: 'disks',
  *samples(input) {
    if (!hasDiskTool(input)) return;
    for (const disk of disksOf(input)) {
      yield* attributes(disk);
      yield* deviceStatistics(disk);
      yield* logs(disk);
    }
  },
} satisfies HostCollector;

function* attributes({ device, report }: Disk): Generator<Sample> {
  for (const { id, name, flags, value, worst, threshold, raw } of report.attributes) {
    const labels = {
      device,
      attribute_name: name,
      attribute_flags_short: flags,
      attribute_flags_long: flagNames(flags),
      attribute_id: String(id),
    };
    yield attribute({ ...labels, attribute_value_type: 'value' }, value);
    yield attribute({ ...labels, attribute_value_type: 'worst' }, worst);
    yield attribute({ ...labels, attribute_value_type: 'thresh' }, threshold);
    yield attribute({ ...labels, attribute_value_type: 'raw' }, raw);
  }
}

const STATISTIC_FLAGS = [
  ['V', 'valid'],
  ['N', 'normalized'],
  ['D', 'supports_dsn'],
  ['C', 'monitored_condition_met'],
] as const;

function* deviceStatistics({ device, report }: Disk): Generator<Sample> {
  for (const { page, name, flags, value } of report.statistics) {
    // Vendors give several of theirs one name; they cannot be told apart.
    if (page === 'Vendor Specific Statistics' || (page === PHY_EVENTS && /^Vendor specific/i.test(name)))
      continue;
    const long = STATISTIC_FLAGS.filter(([letter], at) => flags[at] === letter).map(([, word]) => word);
    const labels = {
      device,
      statistic_table: page,
      statistic_name: name,
      statistic_flags_short: flags,
      statistic_flags_long: long.join(','),
    };
    yield statistics(labels, value);
  }
}

function* logs({ device, report }: Disk): Generator<Sample> {
  for (const [kind, count] of report.errorLogs) yield errorLogCount({ device, error_log_type: kind }, count);
  for (const [kind, { count, errorCount }] of report.selfTestLogs) {
    yield selfTestCount({ device, self_test_log_type: kind }, count);
    yield selfTestErrors({ device, self_test_log_type: kind }, errorCount);
  }
}
