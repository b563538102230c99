import {
  type DriveHourLimit,
  type DriveSheet,
  driveFailureProbability,
  driveHourLimit,
  type FailureProbability,
} from '../../../catalog/drives.ts';
import { enduranceUsed } from './disk-wear.ts';
import { driveKind } from './smartctl.ts';
import { decodeAttribute } from './smartctl-attribute.ts';
import type { SmartReport } from './smartctl-report.ts';

/** Which of a disk's values says how likely it fails. */
export interface DiskProbability extends FailureProbability {
  readonly attributeId: number;
  /** The value the table was asked with. */
  readonly value: number;
}

/** Where no value is raised, the first of these the disk has stands for it: the best known signals first. */
const CLEAN_ORDER = [5, 187, 197, 198, 196, 188, 10, 184, 199];

/**
 * The chance that a spinning ATA disk fails within a year, by the value that makes it likeliest: a sign
 * of the disk before one of the cable. A disk without any sign has the rate of clean disks, which is
 * not zero: half of the failing ones never show a sign. Undefined for others, of which no such
 * statistics are published.
 */
export function diskProbability(report: SmartReport, sheet: DriveSheet): DiskProbability | undefined {
  const drive = driveKind(report);
  if (report.device.protocol !== 'ATA' || drive.rotational === false) return undefined;
  const found: DiskProbability[] = [];
  for (const attribute of report.attributes) {
    const table = sheet.attributes[String(attribute.id)];
    if (table === undefined) continue;
    const value =
      table.value === 'normalised'
        ? attribute.value
        : table.divisor > 1
          ? attribute.raw
          : decodeAttribute(attribute, drive)?.value;
    const probability = value === undefined ? undefined : driveFailureProbability(sheet, attribute.id, value);
    if (value !== undefined && probability !== undefined)
      found.push({ ...probability, attributeId: attribute.id, value });
  }
  const raised = found.filter((one) => isRaised(one, sheet)).sort(byWeight);
  if (raised[0] !== undefined) return raised[0];
  for (const id of CLEAN_ORDER) {
    const clean = found.find(({ attributeId }) => attributeId === id);
    if (clean !== undefined) return clean;
  }
  return undefined;
}

/** Above the lowest bucket of its table; normalized values fall instead of rising. */
function isRaised({ attributeId, bucket }: DiskProbability, sheet: DriveSheet): boolean {
  return sheet.attributes[String(attributeId)]?.value === 'normalised'
    ? bucket.upTo !== undefined
    : bucket.over !== undefined;
}

function byWeight(one: DiskProbability, other: DiskProbability): number {
  return Number(other.critical) - Number(one.critical) || other.annualRate - one.annualRate;
}

/** "0", "17-70", "1101+": the whole values of a bucket, for a label. */
export function bucketLabel({ over, upTo }: FailureProbability['bucket']): string {
  const from = over === undefined ? 0 : over + 1;
  if (upTo === undefined) return `${from}+`;
  return from === upTo ? String(from) : `${from}-${upTo}`;
}

/** How far the disk is from the hours at which its firmware stops it; negative when past them. */
export function hoursToStop(
  { identity, powerOnSeconds }: SmartReport,
  sheet: DriveSheet,
): { readonly limit: DriveHourLimit; readonly secondsLeft: number | undefined } | undefined {
  const { scsiProduct, modelName, firmwareVersion } = identity;
  const model = scsiProduct ?? modelName;
  const limit = model === undefined ? undefined : driveHourLimit(sheet, model, firmwareVersion);
  if (limit === undefined) return undefined;
  return {
    limit,
    secondsLeft: powerOnSeconds === undefined ? undefined : limit.hours * 3600 - powerOnSeconds,
  };
}

/** What a disk of this kind can tell, and whether this one told it. */
export function diskSignals(report: SmartReport): ReadonlyMap<string, boolean> {
  const { device, temperatures, attributes, nvme, scsi, errorLogs, selfTestLogs } = report;
  const drive = driveKind(report);
  const decoded = new Set(
    attributes.filter((one) => decodeAttribute(one, drive) !== undefined).map(({ id }) => id),
  );
  const signals = new Map<string, boolean>([
    ['health', report.healthPassed !== undefined],
    ['power_on_time', report.powerOnSeconds !== undefined],
    ['temperature', temperatures.has('current')],
  ]);
  const add = (signal: string, told: boolean) => signals.set(signal, told);
  switch (device.protocol) {
    case 'NVMe':
      add('critical_warning', nvme?.criticalWarning !== undefined);
      add('available_spare', nvme?.availableSpare !== undefined);
      add('media_errors', nvme?.mediaErrors !== undefined);
      add('endurance', enduranceUsed(report) !== undefined);
      break;
    case 'SCSI':
      add('grown_defects', scsi?.grownDefects !== undefined);
      add('read_errors', scsi?.counters.get('read')?.uncorrected !== undefined);
      add('write_errors', scsi?.counters.get('write')?.uncorrected !== undefined);
      add('self_tests', selfTestLogs.size > 0);
      if (report.rotationRate === 0) add('endurance', enduranceUsed(report) !== undefined);
      break;
    default:
      add('reallocated_sectors', decoded.has(5));
      if (drive.rotational === false) {
        add('endurance', enduranceUsed(report) !== undefined);
      } else {
        add('pending_sectors', decoded.has(197));
        add('uncorrectable_sectors', decoded.has(198) || decoded.has(187));
      }
      add('interface_errors', decoded.has(199));
      add('error_log', errorLogs.size > 0);
      add('self_tests', selfTestLogs.size > 0);
      break;
  }
  return signals;
}

/** Signs of a failing disk that need no statistics, in the words of the label. */
export type DiskSign =
  | 'health_failed'
  | 'attribute_failing'
  | 'endurance_exceeded'
  | 'spare_exhausted'
  | 'media_errors'
  | 'self_test_failed'
  | 'hour_limit_near';

const HOUR_LIMIT_WARNING_SECONDS = 180 * 86_400;

/** Each sign with whether the disk shows it; a sign it cannot show is left out. */
export function diskSigns(report: SmartReport, sheet: DriveSheet): ReadonlyMap<DiskSign, boolean> {
  const signs = new Map<DiskSign, boolean>();
  const put = (sign: DiskSign, shown: boolean | undefined) => {
    if (shown !== undefined) signs.set(sign, shown);
  };
  const { healthPassed, attributes, nvme, selfTestLogs } = report;
  put('health_failed', healthPassed === undefined ? undefined : !healthPassed);
  const failing = attributes.some(({ whenFailed }) => whenFailed === 'now');
  put('attribute_failing', attributes.length > 0 ? failing : undefined);
  const used = enduranceUsed(report);
  put('endurance_exceeded', used === undefined ? undefined : used >= 1);
  const { availableSpare: spare, availableSpareThreshold: threshold } = nvme ?? {};
  put('spare_exhausted', spare === undefined || threshold === undefined ? undefined : spare < threshold);
  const errors = mediaErrors(report);
  put('media_errors', errors === undefined ? undefined : errors > 0);
  const tests = [...selfTestLogs.values()];
  put('self_test_failed', tests.length > 0 ? tests.some(({ errorCount }) => errorCount > 0) : undefined);
  const stop = hoursToStop(report, sheet);
  put('hour_limit_near', stop && (stop.secondsLeft ?? 0) < HOUR_LIMIT_WARNING_SECONDS);
  return signs;
}

/** Reads and writes that lost data, in the one way each kind of disk counts them. */
export function mediaErrors(report: SmartReport): number | undefined {
  const { nvme, scsi, attributes } = report;
  if (nvme !== undefined) return nvme.mediaErrors;
  if (scsi !== undefined) {
    const counts = [...scsi.counters.values()].map(({ uncorrected }) => uncorrected);
    return counts.every((count) => count === undefined)
      ? undefined
      : counts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  }
  const reported = attributes.find(({ id }) => id === 187);
  return reported && decodeAttribute(reported, driveKind(report))?.value;
}
