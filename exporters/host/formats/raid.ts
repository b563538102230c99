/**
 * One model for what every RAID tool tells, hardware controllers and Linux md alike. A field is
 * undefined when the tool did not say it: nothing here is ever filled in with a zero or a default.
 */

export const RAID_TOOLS = [
  'megacli',
  'storcli',
  'ssacli',
  'arcconf',
  'sas2ircu',
  'tw_cli',
  'areca',
  'mvcli',
  'cciss',
  'md',
] as const;
export type RaidTool = (typeof RAID_TOOLS)[number];

/** `degraded`: works, and needs attention. `other`: a word this version does not know. */
export const CONTROLLER_STATES = ['ok', 'degraded', 'failed', 'other'] as const;
export type ControllerState = (typeof CONTROLLER_STATES)[number];

/**
 * - ok: all redundancy is there (a running check does not change that)
 * - degraded: serves data with less redundancy than built for, nothing is restoring it
 * - rebuilding: as degraded, a rebuild runs or is queued
 * - migrating: changes its level or size; initializing: redundancy is being made for the first time
 * - failed: does not serve data; inactive: not assembled, or hidden on purpose
 */
export const VOLUME_STATES = [
  'ok',
  'degraded',
  'rebuilding',
  'migrating',
  'initializing',
  'failed',
  'inactive',
  'other',
] as const;
export type VolumeState = (typeof VOLUME_STATES)[number];

/**
 * Condition of a drive, whatever its role.
 * - predictive_failure: works, its firmware or the controller expects it to fail
 * - offline: taken out of its volume, not (yet) called failed; foreign: carries another controller's set-up
 */
export const DRIVE_STATES = [
  'ok',
  'rebuilding',
  'predictive_failure',
  'offline',
  'foreign',
  'missing',
  'failed',
  'other',
] as const;
export type DriveState = (typeof DRIVE_STATES)[number];

/** `passthrough`: handed to the system as it is (JBOD, HBA, raw). */
export type DriveRole = 'data' | 'spare' | 'unassigned' | 'passthrough';

/** `not_installed`: none was ever there; `missing`: one was, and is gone. */
export const BATTERY_STATES = [
  'ok',
  'charging',
  'learning',
  'degraded',
  'replace',
  'failed',
  'missing',
  'not_installed',
  'other',
] as const;
export type BatteryState = (typeof BATTERY_STATES)[number];

export const CACHE_STATES = [
  'ok',
  'temporarily_disabled',
  'permanently_disabled',
  'not_configured',
  'other',
] as const;
export type CacheState = (typeof CACHE_STATES)[number];

export type WritePolicy = 'write_back' | 'write_through';

/** `resync`: makes the copies agree again, all of them being there. */
export const TASK_KINDS = ['rebuild', 'resync', 'initialize', 'migrate', 'check', 'erase', 'other'] as const;
export type TaskKind = (typeof TASK_KINDS)[number];

export interface RaidReport {
  readonly controllers: readonly RaidController[];
  /** What the tool itself said went wrong, in its words. */
  readonly errors: readonly string[];
}

export interface RaidController {
  readonly tool: RaidTool;
  /** What the tool calls it: a number, or a slot. Unique for one tool on one host. */
  readonly id: string;
  readonly model?: string | undefined;
  readonly serial?: string | undefined;
  readonly firmware?: string | undefined;
  readonly state?: ControllerState | undefined;
  /** Day on which the board was made, in seconds since the epoch. */
  readonly manufactured?: number | undefined;
  readonly temperatureCelsius?: number | undefined;
  /** Size of its cache. */
  readonly memoryBytes?: number | undefined;
  readonly memoryCorrectableErrors?: number | undefined;
  readonly memoryUncorrectableErrors?: number | undefined;
  readonly cacheState?: CacheState | undefined;
  readonly batteries: readonly Battery[];
  readonly volumes: readonly Volume[];
  readonly drives: readonly Drive[];
}

/** What keeps the write cache alive when the power goes. */
export interface Battery {
  readonly kind?: 'battery' | 'capacitor' | undefined;
  readonly model?: string | undefined;
  readonly serial?: string | undefined;
  readonly state?: BatteryState | undefined;
  /** The tool asks for a new one, whatever the state says. */
  readonly replacementRequired?: boolean | undefined;
  readonly temperatureCelsius?: number | undefined;
  readonly voltageVolts?: number | undefined;
  /** Charge against its present capacity, 0 to 1. */
  readonly chargeRatio?: number | undefined;
  /** Present capacity against the design, 0 to 1. */
  readonly healthRatio?: number | undefined;
}

export interface CachePolicy {
  /** What holds at this moment. */
  readonly writeCurrent?: WritePolicy | undefined;
  /** What was configured; other than the current one, the cache is off for a reason. */
  readonly writeDefault?: WritePolicy | undefined;
  /** Writes stay cached although nothing protects the cache: they are lost with the power. */
  readonly writeBackUnprotected?: boolean | undefined;
  /** The volatile cache of the drives themselves. */
  readonly driveCache?: 'enabled' | 'disabled' | 'default' | undefined;
}

export interface Task {
  readonly kind: TaskKind;
  /** 0 to 1. */
  readonly progressRatio?: number | undefined;
  readonly remainingSeconds?: number | undefined;
}

export interface Volume {
  readonly id: string;
  readonly name?: string | undefined;
  /** Where the system sees it, "/dev/sda". */
  readonly device?: string | undefined;
  /** What its drives call their group. */
  readonly group?: string | undefined;
  /** "raid1", "raid10"; undefined for a level this version does not know. */
  readonly level?: string | undefined;
  readonly state?: VolumeState | undefined;
  readonly sizeBytes?: number | undefined;
  /** Drives it is built for. */
  readonly drivesExpected?: number | undefined;
  /** Drives that work in it. */
  readonly drivesActive?: number | undefined;
  readonly badBlocks?: boolean | undefined;
  readonly tasks: readonly Task[];
  readonly cache?: CachePolicy | undefined;
}

export interface Drive {
  /** Where it is, in the tool's words: "252:0", "1I:1:4", "p3". Unique inside its controller. */
  readonly id: string;
  /** The number by which smartctl reaches it behind the controller. */
  readonly deviceId?: number | undefined;
  readonly role?: DriveRole | undefined;
  readonly state?: DriveState | undefined;
  readonly model?: string | undefined;
  readonly serial?: string | undefined;
  readonly firmware?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly protocol?: 'sata' | 'sas' | 'scsi' | 'nvme' | undefined;
  readonly medium?: 'hdd' | 'ssd' | undefined;
  /** Volume or array it belongs to, in the tool's words. */
  readonly group?: string | undefined;
  readonly temperatureCelsius?: number | undefined;
  readonly mediaErrors?: number | undefined;
  readonly otherErrors?: number | undefined;
  readonly predictiveFailures?: number | undefined;
  /** Whether a failure is expected: flagged by SMART or counted by the controller. */
  readonly predictiveFailure?: boolean | undefined;
  readonly powerOnSeconds?: number | undefined;
  /** Endurance left in an SSD, 0 to 1. */
  readonly lifeRemainingRatio?: number | undefined;
  readonly task?: Task | undefined;
}

/** A drive that works but is expected to fail says so in its state, whichever way the tool put it. */
export function drive(given: Drive): Drive {
  const { state, predictiveFailures: count } = given;
  let expected = given.predictiveFailure ?? (count === undefined ? undefined : false);
  if (state === 'predictive_failure' || (count ?? 0) > 0) expected = true;
  return defined({
    ...given,
    state: state === 'ok' && expected === true ? 'predictive_failure' : state,
    predictiveFailure: expected,
  });
}

/** Without the keys whose value is undefined, so that a later merge does not overwrite with nothing. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/**
 * One report out of several outputs of the same tool: controllers, volumes and drives that have the
 * same id are one, and a later output adds to what an earlier one said.
 */
export function mergeReports(reports: readonly RaidReport[]): RaidReport {
  const controllers = mergeBy(
    reports.flatMap((report) => report.controllers),
    (controller) => `${controller.tool} ${controller.id}`,
    (before, after) => ({
      ...mergeDefined(before, after),
      batteries: mergeBatteries(before.batteries, after.batteries),
      volumes: mergeVolumes([...before.volumes, ...after.volumes]),
      drives: mergeDrives([...before.drives, ...after.drives]),
    }),
  ).map(withRebuilds);
  return { controllers, errors: [...new Set(reports.flatMap((report) => report.errors))] };
}

/** Most tools call a volume degraded while one of its drives is being rebuilt. */
function withRebuilds(controller: RaidController): RaidController {
  const groups = new Set(
    controller.drives.flatMap(({ state, group }) =>
      state === 'rebuilding' && group !== undefined ? [group] : [],
    ),
  );
  const volumes = controller.volumes.map((volume): Volume => {
    const rebuilding = volume.state === 'degraded' && volume.group !== undefined && groups.has(volume.group);
    return rebuilding ? { ...volume, state: 'rebuilding' } : volume;
  });
  return { ...controller, volumes };
}

/** Volumes of one controller, each once. */
export function mergeVolumes(volumes: readonly Volume[]): readonly Volume[] {
  return mergeBy(volumes, idOf, (before, after) => ({
    ...mergeDefined(before, after),
    ...((before.cache ?? after.cache) && { cache: mergeDefined(before.cache ?? {}, after.cache ?? {}) }),
    tasks: mergeBy([...before.tasks, ...after.tasks], (task) => task.kind, mergeDefined),
  }));
}

/** Drives of one controller, each once. */
export function mergeDrives(drives: readonly Drive[]): readonly Drive[] {
  return mergeBy(drives, idOf, mergeDefined).map(drive);
}

function idOf(item: { readonly id: string }): string {
  return item.id;
}

/** Batteries have no ids; the tools list them in the same order every time. */
function mergeBatteries(before: readonly Battery[], after: readonly Battery[]): Battery[] {
  const longest = before.length > after.length ? before : after;
  return longest.map((_, index) => mergeDefined(before[index] ?? {}, after[index] ?? {}));
}

function mergeDefined<T extends object>(before: T, after: T): T {
  return { ...before, ...defined(after) };
}

function mergeBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  merge: (before: T, after: T) => T,
): readonly T[] {
  const found = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const before = found.get(key);
    found.set(key, before === undefined ? item : merge(before, item));
  }
  return [...found.values()];
}
