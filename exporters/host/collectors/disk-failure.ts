/**
 * Source: the same runs of smartctl as the smartctl collectors, held against the catalog's table of how often
 *         disks with such values failed (catalog/drives.yml names its source) and makers' advisories
 * Shape:  "5 Reallocated_Sector_Ct ... 2760" is in the bucket from 1101 on: 1.5 failures per disk and year
 * Units:  failures per year -> chance within a year; power-on hours -> seconds
 * Needs:  smartctl 5.3 or later as root   Cost: read with the disk's other values
 * Absent when: the disk sleeps or is not a physical one; the probability also for flash and SCSI disks, of
 *         which no such table is published
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import {
  bucketLabel,
  diskProbability,
  diskSignals,
  diskSigns,
  hoursToStop,
} from '../formats/disk-evidence.ts';
import { type Disk, disksOf, hasDiskTool } from '../formats/disk-list.ts';
import type { HostCollector, HostInput } from '../host-collector.ts';

const probability = gauge(
  'pgfleet_disk_annual_failure_probability',
  'Chance that the disk fails within a year, with the attribute and the bucket that decided.',
  ['device', 'attribute_id', 'attribute', 'bucket'],
);
const sign = gauge(
  'pgfleet_disk_failure_sign',
  'Whether the disk shows a sign of failing, of those it can show.',
  ['device', 'sign'],
);
const coverage = gauge(
  'pgfleet_disk_coverage_ratio',
  'Share of the signals a disk of its kind can give that it gave.',
  ['device'],
);
const missing = gauge(
  'pgfleet_disk_signal_missing',
  'Signals that disks of its kind give and this one did not.',
  ['device', 'signal'],
);
const designLife = gauge(
  'pgfleet_disk_design_life_used_ratio',
  'Power-on time against the design life of disks.',
  ['device'],
);
const hourLimit = gauge(
  'pgfleet_disk_hour_limit_seconds',
  'Power-on time left until the firmware stops the disk for ever, by the advisory.',
  ['device', 'advisory', 'fixed_in'],
);

export const collector = {
  name: 'disk_failure',
  help: 'How likely each disk fails, by which evidence, and how much of the evidence could be obtained.',
  metrics: [probability, sign, coverage, missing, designLife, hourLimit],
  sections: ['smartctl'],
  tier: 'disks',
  *samples(input) {
    if (!hasDiskTool(input)) return;
    for (const disk of disksOf(input)) {
      if (disk.kind === 'physical' && disk.report.condition !== 'standby') yield* evidence(disk, input);
    }
  },
} satisfies HostCollector;

function* evidence({ device, report }: Disk, { catalog: { drives } }: HostInput): Generator<Sample> {
  if (report.condition === 'failed') {
    yield coverage({ device }, 0);
    return;
  }
  const decided = diskProbability(report, drives);
  if (decided !== undefined) {
    const { attributeId, attribute, bucket, withinYear } = decided;
    const labels = { device, attribute_id: String(attributeId), attribute, bucket: bucketLabel(bucket) };
    yield probability(labels, withinYear);
  }
  for (const [one, shown] of diskSigns(report, drives)) yield sign({ device, sign: one }, Number(shown));
  const signals = [...diskSignals(report)];
  const told = signals.filter(([, given]) => given).length;
  yield coverage({ device }, told / signals.length);
  for (const [signal, given] of signals) if (!given) yield missing({ device, signal }, 1);
  const seconds = report.powerOnSeconds;
  yield designLife(
    { device },
    seconds === undefined ? undefined : seconds / (drives.design_life_hours * 3600),
  );
  const stop = hoursToStop(report, drives);
  if (stop !== undefined)
    yield hourLimit({ device, advisory: stop.limit.id, fixed_in: stop.limit.fixedIn }, stop.secondsLeft);
}
