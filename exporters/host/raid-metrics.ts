import { counter, gauge, type Sample } from '../../lib/metric.ts';
import {
  BATTERY_STATES,
  CACHE_STATES,
  CONTROLLER_STATES,
  DRIVE_STATES,
  type Drive,
  type RaidController,
  TASK_KINDS,
  VOLUME_STATES,
  type Volume,
} from './formats/raid.ts';

/**
 * The metrics of a RAID controller, of hardware or md. States are one series each, 0 or 1, and only where
 * the tool said something; `other` is a word we do not know yet.
 */

const C = ['controller'] as const;
const B = ['controller', 'battery'] as const;
const V = ['controller', 'volume'] as const;
const D = ['controller', 'drive'] as const;

const controllerInfo = gauge(
  'pgfleet_raid_controller_info',
  'A RAID controller and its firmware, always 1.',
  [...C, 'tool', 'model', 'serial', 'firmware'],
);
const controllerState = gauge('pgfleet_raid_controller_state', 'Whether the controller is in this state.', [
  ...C,
  'state',
]);
const controllerTemperature = gauge(
  'pgfleet_raid_controller_temperature_celsius',
  'Temperature of the controller.',
  C,
);
const controllerMade = gauge(
  'pgfleet_raid_controller_manufactured_timestamp_seconds',
  'Day on which the controller was made, as it says.',
  C,
);
const cacheSize = gauge('pgfleet_raid_controller_cache_bytes', 'Size of the cache of the controller.', C);
const cacheState = gauge(
  'pgfleet_raid_controller_cache_state',
  'Whether the cache of the controller is in this state.',
  [...C, 'state'],
);
const memoryErrors = counter(
  'pgfleet_raid_controller_memory_errors_total',
  'Errors in the memory of the controller.',
  [...C, 'kind'],
);

const batteryInfo = gauge('pgfleet_raid_battery_info', 'What protects a write cache, always 1.', [
  ...B,
  'kind',
  'model',
  'serial',
]);
const batteryState = gauge(
  'pgfleet_raid_battery_state',
  'Whether the battery or capacitor is in this state.',
  [...B, 'state'],
);
const replacement = gauge(
  'pgfleet_raid_battery_replacement_required',
  'Whether the controller asks for a new battery.',
  B,
);
const batteryTemperature = gauge(
  'pgfleet_raid_battery_temperature_celsius',
  'Temperature of the battery or capacitor.',
  B,
);
const batteryVoltage = gauge('pgfleet_raid_battery_voltage_volts', 'Voltage of the battery or capacitor.', B);
const charge = gauge('pgfleet_raid_battery_charge_ratio', 'Charge against what it can hold now.', B);
const health = gauge('pgfleet_raid_battery_health_ratio', 'What it can hold now against its design.', B);

const volumeInfo = gauge('pgfleet_raid_volume_info', 'A volume and where the system sees it, always 1.', [
  ...V,
  'name',
  'device',
  'level',
  'group',
]);
const volumeState = gauge('pgfleet_raid_volume_state', 'Whether the volume is in this state.', [
  ...V,
  'state',
]);
const volumeSize = gauge(
  'pgfleet_raid_volume_size_bytes',
  'Size of the volume, as exact as the tool prints it.',
  V,
);
const expected = gauge('pgfleet_raid_volume_drives_expected', 'Drives the volume is built for.', V);
const active = gauge('pgfleet_raid_volume_drives_active', 'Drives that work in the volume.', V);
const badBlocks = gauge('pgfleet_raid_volume_bad_blocks', 'Whether the volume has blocks that lost data.', V);
const task = gauge('pgfleet_raid_volume_task', 'Whether the controller does this to the volume.', [
  ...V,
  'task',
]);
const progress = gauge('pgfleet_raid_volume_task_progress_ratio', 'How far that is.', [...V, 'task']);
const remaining = gauge('pgfleet_raid_volume_task_remaining_seconds', 'How long that will still take.', [
  ...V,
  'task',
]);
const writePolicy = gauge(
  'pgfleet_raid_volume_write_policy',
  'Whether writes are cached, now and by set-up.',
  [...V, 'when', 'policy'],
);
const cacheLost = gauge(
  'pgfleet_raid_volume_write_cache_lost',
  'Whether writes are not cached although the volume was set up so.',
  V,
);
const unprotected = gauge(
  'pgfleet_raid_volume_write_cache_unprotected',
  'Whether writes stay cached when nothing protects the cache.',
  V,
);
const driveCache = gauge('pgfleet_raid_volume_drive_cache', 'Set-up of the volatile caches of the drives.', [
  ...V,
  'setting',
]);

const driveInfo = gauge('pgfleet_raid_drive_info', 'A drive behind the controller, always 1.', [
  ...D,
  'group',
  'role',
  'model',
  'serial',
  'firmware',
  'protocol',
  'medium',
  'device_id',
]);
const driveState = gauge('pgfleet_raid_drive_state', 'Whether the drive is in this state.', [...D, 'state']);
const driveSize = gauge(
  'pgfleet_raid_drive_size_bytes',
  'Size of the drive, as exact as the tool prints it.',
  D,
);
const driveTemperature = gauge('pgfleet_raid_drive_temperature_celsius', 'Temperature of the drive.', D);
const driveErrors = counter(
  'pgfleet_raid_drive_errors_total',
  'Errors of the drive that the controller counted.',
  [...D, 'kind'],
);
const predicted = gauge('pgfleet_raid_drive_predictive_failure', 'Whether the drive is expected to fail.', D);
const driveHours = gauge('pgfleet_raid_drive_power_on_seconds', 'Time the drive was powered on.', D);
const life = gauge('pgfleet_raid_drive_life_remaining_ratio', 'Write endurance left in an SSD.', D);
const driveProgress = gauge(
  'pgfleet_raid_drive_task_progress_ratio',
  'How far the rebuild of the drive is.',
  [...D, 'task'],
);

export const VOLUME_METRICS = [
  volumeInfo,
  volumeState,
  volumeSize,
  expected,
  active,
  badBlocks,
  task,
  progress,
  remaining,
  writePolicy,
  cacheLost,
  unprotected,
  driveCache,
] as const;

export const DRIVE_METRICS = [
  driveInfo,
  driveState,
  driveSize,
  driveTemperature,
  driveErrors,
  predicted,
  driveHours,
  life,
  driveProgress,
] as const;

export const CONTROLLER_METRICS = [
  controllerInfo,
  controllerState,
  controllerTemperature,
  controllerMade,
  cacheSize,
  cacheState,
  memoryErrors,
  batteryInfo,
  batteryState,
  replacement,
  batteryTemperature,
  batteryVoltage,
  charge,
  health,
] as const;

/** The value of the `controller` label: the tool and its number, "ssacli:0"; md has no number. */
export function controllerLabel({ tool, id }: RaidController): string {
  return tool === id ? tool : `${tool}:${id}`;
}

/** Controller and batteries; volumes and drives are separate, for md has only these. */
export function* controllerSamples(given: RaidController): Generator<Sample> {
  const controller = controllerLabel(given);
  const { tool, model = '', serial = '', firmware = '' } = given;
  yield controllerInfo({ controller, tool, model, serial, firmware }, 1);
  yield* oneOf(CONTROLLER_STATES, given.state, (state, on) => controllerState({ controller, state }, on));
  yield controllerTemperature({ controller }, given.temperatureCelsius);
  yield controllerMade({ controller }, given.manufactured);
  yield cacheSize({ controller }, given.memoryBytes);
  yield* oneOf(CACHE_STATES, given.cacheState, (state, on) => cacheState({ controller, state }, on));
  yield memoryErrors({ controller, kind: 'correctable' }, given.memoryCorrectableErrors);
  yield memoryErrors({ controller, kind: 'uncorrectable' }, given.memoryUncorrectableErrors);
  for (const [index, one] of given.batteries.entries()) {
    const labels = { controller, battery: String(index) };
    yield batteryInfo(
      { ...labels, kind: one.kind ?? '', model: one.model ?? '', serial: one.serial ?? '' },
      1,
    );
    yield* oneOf(BATTERY_STATES, one.state, (state, on) => batteryState({ ...labels, state }, on));
    yield replacement(labels, flag(one.replacementRequired));
    yield batteryTemperature(labels, one.temperatureCelsius);
    yield batteryVoltage(labels, one.voltageVolts);
    yield charge(labels, one.chargeRatio);
    yield health(labels, one.healthRatio);
  }
}

export function* volumeSamples(given: RaidController): Generator<Sample> {
  const controller = controllerLabel(given);
  for (const one of given.volumes) {
    const labels = { controller, volume: one.id };
    const { name = '', device = '', level = '', group = '' } = one;
    yield volumeInfo({ ...labels, name, device, level, group }, 1);
    yield* oneOf(VOLUME_STATES, one.state, (state, on) => volumeState({ ...labels, state }, on));
    yield volumeSize(labels, one.sizeBytes);
    yield expected(labels, one.drivesExpected);
    yield active(labels, one.drivesActive);
    yield badBlocks(labels, flag(one.badBlocks));
    for (const kind of TASK_KINDS) {
      const running = one.tasks.find((candidate) => candidate.kind === kind);
      yield task({ ...labels, task: kind }, Number(running !== undefined));
      yield progress({ ...labels, task: kind }, running?.progressRatio);
      yield remaining({ ...labels, task: kind }, running?.remainingSeconds);
    }
    yield* policySamples(labels, one);
  }
}

function* policySamples(
  labels: { controller: string; volume: string },
  { cache }: Volume,
): Generator<Sample> {
  if (cache === undefined) return;
  const { writeCurrent, writeDefault } = cache;
  for (const [when, value] of [
    ['current', writeCurrent],
    ['default', writeDefault],
  ] as const) {
    yield* oneOf(['write_back', 'write_through'] as const, value, (policy, on) =>
      writePolicy({ ...labels, when, policy }, on),
    );
  }
  const known = writeCurrent !== undefined && writeDefault !== undefined;
  const lost = writeDefault === 'write_back' && writeCurrent === 'write_through';
  yield cacheLost(labels, known ? Number(lost) : undefined);
  yield unprotected(labels, flag(cache.writeBackUnprotected));
  yield* oneOf(['enabled', 'disabled', 'default'] as const, cache.driveCache, (setting, on) =>
    driveCache({ ...labels, setting }, on),
  );
}

export function* driveSamples(given: RaidController): Generator<Sample> {
  const controller = controllerLabel(given);
  for (const one of given.drives) {
    const labels = { controller, drive: one.id };
    yield driveInfo({ ...labels, ...infoOf(one) }, 1);
    yield* oneOf(DRIVE_STATES, one.state, (state, on) => driveState({ ...labels, state }, on));
    yield driveSize(labels, one.sizeBytes);
    yield driveTemperature(labels, one.temperatureCelsius);
    yield driveErrors({ ...labels, kind: 'media' }, one.mediaErrors);
    yield driveErrors({ ...labels, kind: 'other' }, one.otherErrors);
    yield driveErrors({ ...labels, kind: 'predictive' }, one.predictiveFailures);
    yield predicted(labels, flag(one.predictiveFailure));
    yield driveHours(labels, one.powerOnSeconds);
    yield life(labels, one.lifeRemainingRatio);
    if (one.task !== undefined)
      yield driveProgress({ ...labels, task: one.task.kind }, one.task.progressRatio);
  }
}

function infoOf(one: Drive) {
  return {
    group: one.group ?? '',
    role: one.role ?? '',
    model: one.model ?? '',
    serial: one.serial ?? '',
    firmware: one.firmware ?? '',
    protocol: one.protocol ?? '',
    medium: one.medium ?? '',
    device_id: one.deviceId === undefined ? '' : String(one.deviceId),
  };
}

/** One sample for each state when one of them is known to hold, none otherwise. */
function* oneOf<T extends string>(
  states: readonly T[],
  current: T | undefined,
  make: (state: T, on: number) => Sample,
): Generator<Sample> {
  if (current === undefined) return;
  for (const state of states) yield make(state, Number(state === current));
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}
