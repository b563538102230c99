import { each, type Finding, type FindingContext, type Rule, together } from './report-rule.ts';
import { advisory, disk, drive, percent, seriesText, timeLeft, volume } from './report-words.ts';

/** Arrays and disks. */
export const STORAGE_RULES: readonly Rule[] = [
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
];

const DEAD_STATES = ['replace', 'failed', 'missing'];
const LIKELY = 0.1;
const VERY_LIKELY = 0.5;

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
