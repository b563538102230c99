import type { SkipReason } from '../../lib/collector.ts';
import { leftOutOn } from './cloud-service.ts';
import { displayVersion, MIN_VERSION, privilegesOf, type ServerFacts } from './facts.ts';
import type { Limits, Needs, PostgresCollector, SqlVariant } from './postgres-collector.ts';

/** What runs on a server and what does not, each with its reason. */
export interface Plan {
  readonly chosen: readonly Chosen[];
  readonly skipped: readonly Skipped[];
}

export interface Chosen {
  readonly collector: PostgresCollector;
  /** The SQL for this server. */
  readonly sql: string;
}

export interface Skipped {
  readonly collector: PostgresCollector;
  readonly reason: SkipReason;
  /** For people: what is there and what would be needed. */
  readonly detail: string;
}

/** What people chose. */
export interface Choice {
  readonly collectors: { readonly enable: readonly string[]; readonly disable: readonly string[] };
  readonly limits: Limits;
}

/** Ids that had series of their own last time, by collector. */
type Before = (collector: string) => readonly string[];

/** Decides for every collector whether and how it runs on a server with these facts. */
export function planCollectors(
  collectors: readonly PostgresCollector[],
  facts: ServerFacts,
  choice: Choice,
  before: Before = () => [],
): Plan {
  const chosen: Chosen[] = [];
  const skipped: Skipped[] = [];
  for (const collector of collectors) {
    const variant = newest(collector.queries, facts.version);
    const obstacle = findObstacle(collector, variant, facts, choice);
    if (obstacle !== undefined) skipped.push({ collector, ...obstacle });
    else if (variant !== undefined) {
      const ids = collector.remainder === undefined ? [] : before(collector.name);
      chosen.push({ collector, sql: sqlOf(variant, facts, choice.limits, ids) });
    }
  }
  return { chosen, skipped };
}

/** The SQL of a variant on a server. */
export function sqlOf(
  variant: SqlVariant,
  facts: ServerFacts,
  limits: Limits,
  before: readonly string[] = [],
): string {
  return typeof variant.sql === 'string' ? variant.sql : variant.sql(facts, limits, before);
}

type Obstacle = Pick<Skipped, 'reason' | 'detail'>;

function findObstacle(
  collector: PostgresCollector,
  variant: SqlVariant | undefined,
  facts: ServerFacts,
  { collectors: { enable, disable } }: Choice,
): Obstacle | undefined {
  if (disable.includes(collector.name)) {
    return { reason: 'disabled', detail: 'listed under collectors.disable' };
  }
  if (collector.enabledByDefault === false && !enable.includes(collector.name)) {
    return { reason: 'disabled', detail: 'off by default: list it under collectors.enable' };
  }
  if (facts.kind !== 'postgresql') {
    return { reason: 'unsupported', detail: `the server is ${facts.kind}, not PostgreSQL` };
  }
  if (facts.version < MIN_VERSION) {
    return { reason: 'unsupported', detail: `PostgreSQL ${displayVersion(facts.version)} is older than 9.6` };
  }
  const leftOut = facts.service === undefined ? undefined : leftOutOn(facts.service, collector.name);
  if (leftOut !== undefined && !enable.includes(collector.name))
    return { reason: 'service', detail: leftOut };
  if (variant === undefined) {
    return { reason: 'version', detail: versionDetail(collector.queries, facts.version) };
  }
  return findMissingNeed(collector.needs ?? {}, facts);
}

function findMissingNeed(needs: Needs, facts: ServerFacts): Obstacle | undefined {
  if (needs.role !== undefined && needs.role !== facts.role) {
    return { reason: 'role', detail: `for a ${needs.role}, the server is a ${facts.role}` };
  }
  if (needs.extension !== undefined && !facts.extensions.has(needs.extension)) {
    return {
      reason: 'extension',
      detail: `needs the extension ${needs.extension} in database ${facts.database}`,
    };
  }
  const missing = missingPrivileges(needs, facts);
  if (missing.length === 0) return undefined;
  return { reason: 'permission', detail: `user ${facts.user} lacks: ${missing.join(', ')}` };
}

/** The privileges that are needed and not held, by the names of `privilegesOf`. */
export function missingPrivileges(needs: Needs, facts: ServerFacts): readonly string[] {
  if (facts.superuser) return [];
  return privilegesOf(needs).filter((name) => !facts.privileges.has(name));
}

function newest(variants: readonly SqlVariant[], version: number): SqlVariant | undefined {
  let best: SqlVariant | undefined;
  for (const variant of variants) {
    const { minVersion = 0, maxVersion = Number.POSITIVE_INFINITY } = variant;
    if (version < minVersion || version >= maxVersion) continue;
    if (best === undefined || minVersion > (best.minVersion ?? 0)) best = variant;
  }
  return best;
}

function versionDetail(variants: readonly SqlVariant[], version: number): string {
  const ranges = variants.map(({ minVersion, maxVersion }) => {
    if (minVersion === undefined) return `before ${printMajor(maxVersion ?? 0)}`;
    const from = `from ${printMajor(minVersion)}`;
    return maxVersion === undefined ? from : `${from} to before ${printMajor(maxVersion)}`;
  });
  return `for versions ${ranges.join(', ')}; the server is ${displayVersion(version)}`;
}

function printMajor(version: number): string {
  const major = Math.floor(version / 10_000);
  return version >= 100_000 ? String(major) : `${major}.${Math.floor(version / 100) % 100}`;
}
