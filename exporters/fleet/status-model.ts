import type { Lifecycle } from './config.ts';
import type { Discovery } from './discoverer.ts';
import type { Instance } from './estate.ts';
import type { FiringAlert, FiringAlerts } from './firing-alerts.ts';
import type { ConfigState, TargetProbe } from './fleet-exporter.ts';
import {
  groupingLabels,
  type RegisteredHost,
  type RegisteredServer,
  type Registry,
  serverInstance,
} from './registry.ts';
import { type Condition, GRADES, type Grade, type HostFinding, type Verdicts } from './verdicts.ts';

/** What the status page says about a target, worst first. */
export const TARGET_STATES = ['down', 'stale', 'partial', 'never', 'up', 'inactive'] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** States in which a target that should be fine is not known to be. */
export const ATTENTION_STATES: readonly TargetState[] = ['down', 'stale', 'partial', 'never'];

/** One line of the tables. */
export interface TargetRow {
  readonly kind: TargetProbe['kind'];
  readonly name: string;
  readonly state: TargetState;
  readonly lifecycle: Lifecycle;
  /** host:port of a server, transport of a host. */
  readonly endpoint: string;
  readonly version: string | undefined;
  readonly role: string | undefined;
  /** Age of the last probe in seconds; undefined before the first. */
  readonly ageSeconds: number | undefined;
  readonly durationMs: number | undefined;
  readonly error: string | undefined;
  /** Declared retired, and yet it answers. */
  readonly undead: boolean;
  /** What the rules say of it; empty too when that is not known, see the verdicts of the model. */
  readonly conditions: readonly Condition[];
  /** Of a host: what it is good for, and why. */
  readonly grade: Grade | undefined;
  readonly findings: readonly HostFinding[];
  /** Declared labels by name, in a fixed order. */
  readonly labels: readonly (readonly [name: string, value: string])[];
}

export type StateCounts = Readonly<Record<TargetState, number>>;

/** Everything the status page shows. */
export interface StatusModel {
  readonly now: number;
  readonly version: string;
  readonly config: ConfigState;
  /** Worst first, then by name. */
  readonly servers: readonly TargetRow[];
  readonly hosts: readonly TargetRow[];
  readonly serverCounts: StateCounts;
  readonly hostCounts: StateCounts;
  readonly alerts: FiringAlerts;
  readonly verdicts: Verdicts;
  readonly links: StatusLinks;
  /** Instances that are not as declared: unknown to the registry, gone, or with the identity of another. */
  readonly oddities: readonly Instance[];
  /** When the last look for other servers ended; undefined before the first. */
  readonly lookedAt: number | undefined;
}

/** Addresses of the parts around pgfleet; undefined when a part does not run. */
export interface StatusLinks {
  readonly grafana?: string | undefined;
  readonly prometheus?: string | undefined;
  readonly alertmanager?: string | undefined;
  readonly docs?: string | undefined;
  readonly runbooks?: string | undefined;
}

export interface StatusSource {
  readonly now: number;
  readonly version: string;
  readonly config: ConfigState;
  readonly registry: Registry;
  readonly probes: readonly TargetProbe[];
  readonly alerts: FiringAlerts;
  readonly verdicts: Verdicts;
  readonly links: StatusLinks;
  readonly discovery?: Discovery | undefined;
}

/** A probe older than this says nothing about now: the time for which Prometheus itself believes a sample. */
const STALE_AFTER_MS = 300_000;

/** Joins what is declared with what the last probes saw. */
export function statusModel({ registry, probes, discovery, ...source }: StatusSource): StatusModel {
  const records = new Map(probes.map((probe) => [`${probe.kind} ${probe.target}`, probe.record]));
  const verdictsOf = verdictsByTarget(source.verdicts);
  const row = (kind: TargetProbe['kind'], entry: RegisteredServer | RegisteredHost, endpoint: string) => ({
    ...targetRow({ kind, entry, endpoint, record: records.get(`${kind} ${entry.name}`), now: source.now }),
    ...verdictsOf(kind, kind === 'postgres' ? endpoint : entry.name),
  });
  const servers = registry.servers.map((server) => row('postgres', server, serverInstance(server)));
  const hosts = registry.hosts.map((host) => row('host', host, host.transport));
  return {
    ...source,
    servers: worstFirst(servers),
    hosts: worstFirst(hosts),
    serverCounts: countStates(servers),
    hostCounts: countStates(hosts),
    oddities: (discovery?.instances ?? []).filter(isOdd),
    lookedAt: discovery?.endedAt,
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function worseGrade(a: HostFinding, b: HostFinding): number {
  return GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade);
}

type RowVerdicts = Pick<TargetRow, 'conditions' | 'grade' | 'findings'>;

/** The verdicts of a target by the `instance` of its series, each list worst and most certain first. */
function verdictsByTarget(verdicts: Verdicts): (kind: TargetProbe['kind'], instance: string) => RowVerdicts {
  if (verdicts.state !== 'known') return () => ({ conditions: [], grade: undefined, findings: [] });
  const conditions = groupBy(verdicts.conditions, ({ about, instance }) => `${about} ${instance}`);
  const findings = groupBy(verdicts.findings, ({ instance }) => instance);
  return (kind, instance) => ({
    conditions: conditions.get(`${kind === 'postgres' ? 'server' : 'host'} ${instance}`) ?? [],
    grade: kind === 'host' ? verdicts.grades.get(instance) : undefined,
    findings: kind === 'host' ? (findings.get(instance) ?? []).toSorted(worseGrade) : [],
  });
}

function isOdd({ status, findings, servers }: Instance): boolean {
  return status !== 'registered' || findings.length > 0 || servers.length > 1;
}

function targetRow(given: {
  kind: TargetProbe['kind'];
  entry: RegisteredServer | RegisteredHost;
  endpoint: string;
  record: TargetProbe['record'];
  now: number;
}): Omit<TargetRow, keyof RowVerdicts> {
  const { kind, entry, endpoint, record, now } = given;
  const state = targetState(entry.lifecycle, record, now);
  return {
    kind,
    name: entry.name,
    state,
    lifecycle: entry.lifecycle,
    endpoint,
    version: record?.version,
    role: record?.role,
    ageSeconds: record === undefined ? undefined : Math.max(0, (now - record.at) / 1000),
    durationMs: record?.durationMs,
    error: record?.error,
    undead: entry.lifecycle === 'retired' && (state === 'up' || state === 'partial'),
    labels: rowLabels(entry),
  };
}

function targetState(lifecycle: Lifecycle, record: TargetProbe['record'], now: number): TargetState {
  const answers = record?.up === true && now - record.at <= STALE_AFTER_MS;
  if (answers) return record.error === undefined ? 'up' : 'partial';
  // Entries that are not yet, or no longer, in use may be silent.
  if (lifecycle !== 'in_service' && lifecycle !== 'deprecated') return 'inactive';
  if (record === undefined) return 'never';
  return now - record.at > STALE_AFTER_MS ? 'stale' : 'down';
}

function rowLabels(entry: RegisteredServer | RegisteredHost): [string, string][] {
  const host = 'host' in entry ? entry.host : undefined;
  const { app, env, cluster, owner, site } = groupingLabels(entry);
  const own = Object.entries({ app, env, cluster, host, owner, site });
  return [
    ...own.filter((label): label is [string, string] => label[1] !== undefined),
    ...Object.entries(entry.labels),
  ];
}

function worstFirst(rows: readonly TargetRow[]): TargetRow[] {
  const rank = ({ state, undead }: TargetRow) => TARGET_STATES.indexOf(state) - (undead ? 0.5 : 0);
  return [...rows].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function countStates(rows: readonly TargetRow[]): StateCounts {
  const counts = { down: 0, stale: 0, partial: 0, never: 0, up: 0, inactive: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}

/** How the fleet is as a whole; `wait`: nothing bad is known, but not everything has been looked at. */
export type Tone = 'good' | 'warn' | 'bad' | 'wait';

/** The worst of what is known; unknown never reads as good. */
export function overallTone({ serverCounts, hostCounts, alerts, config }: StatusModel): Tone {
  const count = (state: TargetState) => serverCounts[state] + hostCounts[state];
  const firing = (severity: FiringAlert['severity']) =>
    alerts.state === 'known' && alerts.alerts.some((alert) => alert.severity === severity);
  if (count('down') > 0 || firing('critical')) return 'bad';
  if (count('stale') + count('partial') > 0 || firing('warning') || !config.successful) return 'warn';
  const watched = count('up') + count('never');
  return count('never') > 0 || watched === 0 || alerts.state === 'unknown' ? 'wait' : 'good';
}
