/**
 * Source: the same runs of smartctl as the smartctl collectors, decoded
 * Shape:  "188 Command_Timeout ... 2 2 5" is 5 timeouts; exit status 216 is five findings
 * Units:  counts; degrees Celsius; minutes, hours -> seconds; percent -> ratio
 * Needs:  smartctl 5.3 or later as root   Cost: read with the disk's other values
 * Absent when: smartctl is not installed; what a disk does not report, or reports in a way whose meaning
 *         is not certain for its maker, gives no series
 */
import { counter, gauge, type Sample } from '../../../lib/metric.ts';
import { mediaErrors } from '../formats/disk-evidence.ts';
import { type Disk, disksOf, hasDiskTool } from '../formats/disk-list.ts';
import { enduranceUsed } from '../formats/disk-wear.ts';
import { driveKind } from '../formats/smartctl.ts';
import { decodeAttribute } from '../formats/smartctl-attribute.ts';
import { exitStates } from '../formats/smartctl-exit-status.ts';
import type { HostCollector } from '../host-collector.ts';

const info = gauge('pgfleet_disk_info', 'What a disk is and where it is, always 1.', [
  'device',
  'kind',
  'medium',
  'protocol',
  'controller',
  'slot',
  'model',
  'firmware',
]);
const condition = gauge(
  'pgfleet_disk_condition',
  'Whether the disk was read, sleeps, or could not be read.',
  ['device', 'condition'],
);
const finding = gauge('pgfleet_disk_smartctl_finding', 'What the exit status of smartctl says, bit by bit.', [
  'device',
  'finding',
]);
const attribute = gauge('pgfleet_disk_attribute', 'What the raw value of a SMART attribute means.', [
  'device',
  'attribute_id',
  'attribute',
]);
const failing = gauge(
  'pgfleet_disk_attribute_failed',
  'Whether an attribute is or was below its threshold.',
  ['device', 'attribute_id', 'attribute_name', 'when'],
);
const endurance = gauge('pgfleet_disk_endurance_used_ratio', 'Share of the rated write endurance used up.', [
  'device',
]);
const media = counter(
  'pgfleet_disk_media_errors_total',
  'Errors that lost data, as the kind of disk counts them.',
  ['device'],
);
const uncorrected = counter(
  'pgfleet_disk_scsi_uncorrected_errors_total',
  'Errors of a SCSI disk not corrected.',
  ['device', 'operation'],
);
const corrected = counter(
  'pgfleet_disk_scsi_corrected_errors_total',
  'Errors of a SCSI disk that were corrected.',
  ['device', 'operation'],
);
const nonMedium = counter('pgfleet_disk_scsi_non_medium_errors_total', 'Errors beside those of the medium.', [
  'device',
]);
const pending = gauge('pgfleet_disk_scsi_pending_defects', 'Blocks of a SCSI disk that wait for a repair.', [
  'device',
]);
const manufactured = gauge(
  'pgfleet_disk_manufactured_timestamp_seconds',
  'Week in which the disk was made.',
  ['device'],
);
const warning = gauge('pgfleet_disk_nvme_warning', 'Critical warnings of an NVMe disk, bit by bit.', [
  'device',
  'warning',
]);
const sensor = gauge('pgfleet_disk_nvme_sensor_celsius', 'Temperature sensors of an NVMe disk.', [
  'device',
  'sensor',
]);
const tooWarm = counter('pgfleet_disk_nvme_over_temperature_seconds_total', 'Time above a limit.', [
  'device',
  'limit',
]);
const shutdowns = counter('pgfleet_disk_nvme_unsafe_shutdowns_total', 'Power losses without a warning.', [
  'device',
]);

export const collector = {
  name: 'disk_health',
  help: 'What the values of the disks mean: decoded counters, wear, failed attributes, sleeping and unreadable disks.',
  metrics: [
    info,
    condition,
    finding,
    attribute,
    failing,
    endurance,
    media,
    uncorrected,
    corrected,
    nonMedium,
    pending,
    manufactured,
    warning,
    sensor,
    tooWarm,
    shutdowns,
  ],
  sections: ['smartctl'],
  tier: 'disks',
  *samples(input) {
    if (!hasDiskTool(input)) return;
    for (const disk of disksOf(input)) {
      // The volume of a controller that answers for its members only is not a disk that cannot be read.
      if (disk.kind === 'volume' && disk.report.condition === 'failed') continue;
      yield* state(disk);
      if (disk.report.condition !== 'read') continue;
      yield info(labelsOf(disk), 1);
      if (disk.kind !== 'physical') continue;
      yield* attributes(disk);
      yield endurance({ device: disk.device }, enduranceUsed(disk.report));
      yield media({ device: disk.device }, mediaErrors(disk.report));
      yield* scsi(disk);
      yield* nvme(disk);
    }
  },
} satisfies HostCollector;

const CONDITIONS = ['read', 'standby', 'failed'] as const;

function* state({ device, report }: Disk): Generator<Sample> {
  for (const one of CONDITIONS) yield condition({ device, condition: one }, Number(report.condition === one));
  for (const [one, set] of exitStates(report.exitStatus) ?? [])
    yield finding({ device, finding: one }, Number(set));
}

function labelsOf({ device, kind, member, report }: Disk) {
  const { identity } = report;
  const { rotational } = driveKind(report);
  return {
    device,
    kind,
    medium: rotational === undefined ? '' : rotational ? 'hdd' : 'ssd',
    protocol: report.device.protocol ?? '',
    controller: member?.controller ?? '',
    slot: member?.slot ?? '',
    model: identity.modelName ?? '',
    firmware: identity.firmwareVersion ?? '',
  };
}

function* attributes({ device, report }: Disk): Generator<Sample> {
  const drive = driveKind(report);
  for (const one of report.attributes) {
    const id = String(one.id);
    const decoded = decodeAttribute(one, drive);
    if (decoded !== undefined)
      yield attribute({ device, attribute_id: id, attribute: decoded.kind }, decoded.value);
    if (one.whenFailed !== undefined)
      yield failing({ device, attribute_id: id, attribute_name: one.name, when: one.whenFailed }, 1);
  }
}

function* scsi({ device, report }: Disk): Generator<Sample> {
  yield manufactured({ device }, weekStart(report.manufactured));
  yield nonMedium({ device }, report.scsi?.nonMediumErrors);
  yield pending({ device }, report.scsi?.pendingDefects);
  for (const [operation, counters] of report.scsi?.counters ?? []) {
    yield uncorrected({ device, operation }, counters.uncorrected);
    yield corrected({ device, operation }, counters.totalCorrected);
  }
}

/** Monday of an ISO week, in seconds since the epoch; the fourth of January is always in week 1. */
function weekStart(made: { readonly year: number; readonly week: number } | undefined): number | undefined {
  if (made === undefined || made.year < 1990 || made.week < 1 || made.week > 53) return undefined;
  const fourth = new Date(Date.UTC(made.year, 0, 4));
  const monday = fourth.getTime() / 1000 - ((fourth.getUTCDay() + 6) % 7) * 86_400;
  return monday + (made.week - 1) * 7 * 86_400;
}

/** Bits of the critical warning, from 0 on. */
const WARNINGS = [
  'spare_below_threshold',
  'temperature',
  'reliability_degraded',
  'read_only',
  'volatile_memory_backup_failed',
  'persistent_memory_unreliable',
] as const;

function* nvme({ device, report }: Disk): Generator<Sample> {
  const health = report.nvme;
  if (health === undefined) return;
  const mask = health.criticalWarning;
  if (mask !== undefined) {
    for (const [bit, one] of WARNINGS.entries()) yield warning({ device, warning: one }, (mask >> bit) & 1);
  }
  for (const { sensor: number, celsius } of health.sensors)
    yield sensor({ device, sensor: String(number) }, celsius);
  yield tooWarm({ device, limit: 'warning' }, minutes(health.warningTemperatureMinutes));
  yield tooWarm({ device, limit: 'critical' }, minutes(health.criticalTemperatureMinutes));
  yield shutdowns({ device }, health.unsafeShutdowns);
}

function minutes(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 60;
}
