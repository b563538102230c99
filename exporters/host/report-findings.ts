import type { Reading, Readings } from './report-samples.ts';
import {
  advisory,
  dayText,
  disk,
  drive,
  percent,
  release,
  seriesText,
  subject,
  supportEnd,
  timeLeft,
  volume,
} from './report-words.ts';

/** critical: data or service is at risk now; warning: something is to be done; info: worth knowing. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Something found, and the values that say so. */
export interface Finding {
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly string[];
}

interface FindingContext {
  readonly readings: Readings;
  /** Seconds since the epoch when the capture was made. */
  readonly madeAt: number;
}

/** Worst first; within a severity in the order of the rules: storage, memory, machine, system. */
export function findings(context: FindingContext): readonly Finding[] {
  const found = RULES.flatMap((rule) => rule(context));
  return SEVERITIES.flatMap((severity) => found.filter((one) => one.severity === severity));
}

type Rule = (context: FindingContext) => Finding[];

/** One finding for each sample of a family with these labels whose value is above 0. */
function each(
  family: string,
  labels: Readonly<Record<string, string>>,
  severity: Severity,
  tell: (reading: Reading, readings: Readings) => { message: string; evidence?: readonly string[] },
): Rule {
  return ({ readings }) =>
    readings
      .all(family, labels)
      .filter(({ value }) => value > 0)
      .map((reading) => {
        const { message, evidence = [] } = tell(reading, readings);
        return { severity, message, evidence: [...evidence, seriesText(family, reading)] };
      });
}

/** One finding for all samples that a test picks: what most machines have many of. */
function together(
  family: string,
  severity: Severity,
  pick: (reading: Reading, readings: Readings) => string | undefined,
  tell: (count: number) => string,
): Rule {
  return ({ readings }) => {
    const told = readings.all(family).flatMap((reading) => pick(reading, readings) ?? []);
    return told.length === 0 ? [] : [{ severity, message: tell(told.length), evidence: told }];
  };
}

const RULES: readonly Rule[] = [
  // ---- arrays
  each('pgfleet_raid_volume_state', { state: 'failed' }, 'critical', ({ labels }, readings) => ({
    message: `${volume(labels, readings)} has failed and serves no data`,
  })),
  each('pgfleet_raid_volume_state', { state: 'degraded' }, 'critical', ({ labels }, readings) => ({
    message: `${volume(labels, readings)} is degraded and nothing restores it`,
  })),
  each('pgfleet_raid_volume_state', { state: 'rebuilding' }, 'warning', ({ labels }, readings) => ({
    message: `${volume(labels, readings)} is being rebuilt`,
  })),
  each('node_md_degraded', {}, 'critical', ({ labels, value }) => ({
    message: `Array ${labels['device']} lacks ${value} of its disks`,
  })),
  each('pgfleet_raid_volume_bad_blocks', {}, 'critical', ({ labels }, readings) => ({
    message: `${volume(labels, readings)} has blocks that lost their data`,
  })),
  each('pgfleet_raid_drive_state', { state: 'failed' }, 'critical', ({ labels }, readings) => ({
    message: `${drive(labels, readings)} has failed`,
  })),
  each('pgfleet_raid_drive_state', { state: 'missing' }, 'critical', ({ labels }, readings) => ({
    message: `${drive(labels, readings)} is missing`,
  })),
  each('pgfleet_raid_drive_predictive_failure', {}, 'critical', ({ labels }, readings) => ({
    message: `${drive(labels, readings)} announces that it will fail`,
  })),
  each('pgfleet_raid_drive_state', { state: 'offline' }, 'warning', ({ labels }, readings) => ({
    message: `${drive(labels, readings)} was taken out of its volume`,
  })),
  each('pgfleet_raid_drive_errors_total', { kind: 'media' }, 'warning', ({ labels, value }, readings) => ({
    message: `${drive(labels, readings)} could not read ${value} times`,
  })),
  each('pgfleet_raid_controller_state', { state: 'failed' }, 'critical', ({ labels }) => ({
    message: `RAID controller ${labels['controller']} has failed`,
  })),
  each(
    'pgfleet_raid_controller_memory_errors_total',
    { kind: 'uncorrectable' },
    'critical',
    ({ labels }) => ({
      message: `The cache of RAID controller ${labels['controller']} lost data`,
    }),
  ),
  each('pgfleet_raid_volume_write_cache_unprotected', {}, 'warning', ({ labels }, readings) => ({
    message: `${volume(labels, readings)} caches writes even when nothing protects the cache: a power cut loses them`,
  })),
  batteries,
  each('pgfleet_raid_volume_write_cache_lost', {}, 'warning', ({ labels }, readings) => ({
    message: `${volume(labels, readings)} writes without the cache it was set up with: every commit waits for a disk`,
  })),
  // ---- disks
  each('pgfleet_disk_failure_sign', { sign: 'health_failed' }, 'critical', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} says that it is failing`,
  })),
  each('pgfleet_disk_failure_sign', { sign: 'attribute_failing' }, 'critical', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} has an attribute below its threshold`,
  })),
  each('pgfleet_disk_failure_sign', { sign: 'spare_exhausted' }, 'critical', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} has used up its spare blocks`,
  })),
  each('pgfleet_disk_failure_sign', { sign: 'hour_limit_near' }, 'critical', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} has a firmware that stops it for ever${timeLeft(labels, readings)}`,
    evidence: advisory(labels, readings),
  })),
  each('pgfleet_disk_failure_sign', { sign: 'media_errors' }, 'warning', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} has lost data`,
    evidence: readings
      .all('pgfleet_disk_media_errors_total', { device: labels['device'] ?? '' })
      .map((reading) => seriesText('pgfleet_disk_media_errors_total', reading)),
  })),
  each('pgfleet_disk_failure_sign', { sign: 'endurance_exceeded' }, 'warning', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} has been written to more than it is made for`,
  })),
  each('pgfleet_disk_failure_sign', { sign: 'self_test_failed' }, 'warning', ({ labels }, readings) => ({
    message: `${disk(labels, readings)} failed a test of itself`,
  })),
  probabilities,
  each('pgfleet_disk_condition', { condition: 'failed' }, 'warning', ({ labels }) => ({
    message: `Disk ${labels['device']} could not be read`,
  })),
  together(
    'pgfleet_disk_design_life_used_ratio',
    'info',
    ({ labels, value }) =>
      value > 1 ? `${labels['device']}: ${value.toFixed(1)} times its design life` : undefined,
    (count) => `${count} ${count === 1 ? 'disk is' : 'disks are'} past the age disks are designed for`,
  ),
  // ---- memory
  each('node_edac_uncorrectable_errors_total', {}, 'critical', ({ labels, value }) => ({
    message: `Memory controller ${labels['controller']} counted ${value} errors that could not be corrected`,
  })),
  each('node_edac_correctable_errors_total', {}, 'warning', ({ labels, value }) => ({
    message: `Memory controller ${labels['controller']} corrected ${value} errors: a module is going bad`,
  })),
  each('pgfleet_host_memory_error_correction_info', { mode: 'None' }, 'warning', () => ({
    message: 'The memory has no error correction: damaged rows go unnoticed',
  })),
  slowModules,
  // ---- machine
  each('pgfleet_bmc_redundancy_state', { state: 'lost' }, 'critical', ({ labels }) => ({
    message: `The machine has no spare ${subject(labels)} left`,
  })),
  each('pgfleet_bmc_redundancy_state', { state: 'degraded' }, 'warning', ({ labels }) => ({
    message: `The machine lacks some of its spare ${subject(labels)}`,
  })),
  ...['failed', 'no_input', 'predictive_failure'].map((state) =>
    each('pgfleet_bmc_power_supply_state', { state }, 'warning', ({ labels }) => ({
      message: `Power supply ${labels['sensor']}: ${state.replaceAll('_', ' ')}`,
    })),
  ),
  ...['critical', 'non-critical'].map((state) =>
    each('pgfleet_psu_state', { state }, 'warning', ({ labels }) => ({
      message: `Power supply ${labels['psu']} was ${state} when the machine booted`,
    })),
  ),
  ...['stopped', 'critical'].map((state) =>
    each('pgfleet_bmc_fan_state', { state }, 'critical', ({ labels }) => ({
      message: `Fan ${labels['sensor']} is ${state === 'stopped' ? 'standing still' : 'too slow'}`,
    })),
  ),
  each('pgfleet_bmc_chassis_fault', {}, 'warning', ({ labels }) => ({
    message: `The management controller reports a fault: ${labels['fault']?.replaceAll('_', ' ')}`,
  })),
  each('pgfleet_bmc_sel_overflow', {}, 'info', () => ({
    message: 'The event log of the management controller is full and loses events',
  })),
  events,
  // ---- system
  supportEnded,
  each('pgfleet_host_os_support_state', { state: 'ending' }, 'info', (_reading, readings) => ({
    message: `The support of the operating system${release(readings)} ends soon`,
    evidence: supportEnd(readings),
  })),
  readOnly,
  together(
    'node_cpu_vulnerabilities_info',
    'info',
    ({ labels }) => (/^vulnerable/i.test(labels['state'] ?? '') ? labels['codename'] : undefined),
    (count) => `The processor is open to ${count} known attacks`,
  ),
  unreportedVulnerabilities,
  mixedMicrocode,
  each('pgfleet_host_kernel_setting', { setting: 'vm.zone_reclaim_mode' }, 'warning', () => ({
    message: 'vm.zone_reclaim_mode is on: the kernel drops cached data while other memory is free',
  })),
  each('pgfleet_host_transparent_hugepage_info', { enabled: 'always' }, 'info', () => ({
    message: 'Transparent huge pages are always on: PostgreSQL stalls when the kernel defragments memory',
  })),
];

// ---- rules that look at several samples ------------------------------------------------------------

const DEAD_STATES = ['replace', 'failed', 'missing'];

function batteries({ readings }: FindingContext): Finding[] {
  return readings.all('pgfleet_raid_battery_info').flatMap(({ labels }) => {
    const place = { controller: labels['controller'] ?? '', battery: labels['battery'] ?? '' };
    const states = readings
      .all('pgfleet_raid_battery_state', place)
      .filter((reading) => reading.value > 0 && DEAD_STATES.includes(reading.labels['state'] ?? ''))
      .map((reading) => seriesText('pgfleet_raid_battery_state', reading));
    const asked = readings
      .all('pgfleet_raid_battery_replacement_required', place)
      .filter(({ value }) => value > 0)
      .map((reading) => seriesText('pgfleet_raid_battery_replacement_required', reading));
    const evidence = [...states, ...asked];
    if (evidence.length === 0) return [];
    const message = `The battery of RAID controller ${place.controller} must be replaced`;
    return [{ severity: 'warning', message, evidence }];
  });
}

const LIKELY = 0.1;
const VERY_LIKELY = 0.5;

function probabilities({ readings }: FindingContext): Finding[] {
  const family = 'pgfleet_disk_annual_failure_probability';
  return readings
    .all(family)
    .filter(({ value }) => value >= LIKELY)
    .map((reading) => ({
      severity: reading.value >= VERY_LIKELY ? 'critical' : 'warning',
      message: `${disk(reading.labels, readings)} fails within a year with a chance of ${percent(reading.value)}`,
      evidence: [seriesText(family, reading)],
    }));
}

function slowModules({ readings }: FindingContext): Finding[] {
  const slow = readings.all('pgfleet_dimm_rated_transfers_per_second').flatMap(({ labels, value }) => {
    const slot = labels['slot'] ?? '';
    const actual = readings.value('pgfleet_dimm_configured_transfers_per_second', { slot });
    return actual !== undefined && actual < value ? [{ slot, rated: value, actual }] : [];
  });
  const [first] = slow;
  if (first === undefined) return [];
  const evidence = `${first.slot}: ${first.actual / 1e6} of ${first.rated / 1e6} million transfers per second`;
  const message = `${slow.length} memory modules run slower than they could`;
  return [{ severity: 'info', message, evidence: [evidence] }];
}

const DAY = 86_400;
const RECENT_DAYS = 90;

function events({ readings, madeAt }: FindingContext): Finding[] {
  return readings.all('pgfleet_bmc_event_timestamp_seconds').flatMap(({ labels, value }) => {
    const days = Math.floor((madeAt - value) / DAY);
    if (days > RECENT_DAYS) return [];
    const when = days < 1 ? 'today' : `${days} days ago`;
    const message = `The management controller logged ${when}: ${labels['event']}`;
    return [{ severity: 'warning' as const, message, evidence: [`event log: ${labels['sensor']}`] }];
  });
}

/** Some systems go on for those who pay, or for whom volunteers work: that is not the same as nothing. */
function supportEnded({ readings, madeAt }: FindingContext): Finding[] {
  const family = 'pgfleet_host_os_support_state';
  const [ended] = readings.all(family, { state: 'ended' });
  if (ended === undefined || ended.value === 0) return [];
  const extended = readings.value('pgfleet_host_os_extended_support_end_timestamp_seconds') ?? 0;
  const evidence = [...supportEnd(readings), seriesText(family, ended)];
  if (extended + DAY > madeAt) {
    const message = `The operating system${release(readings)} is past its regular support`;
    return [
      {
        severity: 'info',
        message,
        evidence: [`extended support, where you have it, until ${dayText(extended)}`, ...evidence],
      },
    ];
  }
  const message = `The operating system${release(readings)} gets no security updates any more`;
  return [{ severity: 'warning', message, evidence }];
}

/** Absence of the report is not absence of the faults. */
function unreportedVulnerabilities({ readings }: FindingContext): Finding[] {
  const family = 'pgfleet_host_cpu_vulnerabilities_reported';
  return readings
    .all(family)
    .filter(({ value }) => value === 0)
    .map((reading) => ({
      severity: 'info',
      message: 'The kernel is older than the fixes for the known attacks on processors',
      evidence: [seriesText(family, reading)],
    }));
}

function mixedMicrocode({ readings }: FindingContext): Finding[] {
  const family = 'pgfleet_host_microcode_revisions';
  return readings
    .all(family)
    .filter(({ value }) => value > 1)
    .map((reading) => ({
      severity: 'warning',
      message: `The processors run ${reading.value} different revisions of microcode`,
      evidence: [seriesText(family, reading)],
    }));
}

/** Media that are made to be read only, and places of the system, are left out. */
const WRITABLE_TYPES = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'jfs', 'reiserfs', 'btrfs', 'zfs', 'f2fs']);

function readOnly({ readings }: FindingContext): Finding[] {
  const family = 'node_filesystem_readonly';
  return readings
    .all(family)
    .filter(({ labels, value }) => value > 0 && WRITABLE_TYPES.has(labels['fstype'] ?? ''))
    .map((reading) => ({
      severity: 'warning',
      message: `File system ${reading.labels['mountpoint']} is mounted read-only`,
      evidence: [seriesText(family, reading)],
    }));
}
