import { closest } from '../../lib/closest.ts';
import { GROUPING_LABELS } from './config.ts';
import type { RegisteredHost, RegisteredServer, Registry } from './registry.ts';

/** Something in the registry that is allowed and probably not meant. */
export interface LintFinding {
  readonly section: 'servers' | 'hosts';
  /** Position of the entry in its section, from 0. */
  readonly index: number;
  readonly name: string;
  readonly rule: string;
  readonly message: string;
}

type Entry = RegisteredServer | RegisteredHost;

interface Placed<T extends Entry> {
  readonly section: LintFinding['section'];
  readonly index: number;
  readonly entry: T;
}

/** Looks at a valid registry for gaps and slips. `today` as YYYY-MM-DD. */
export function lintRegistry(registry: Registry, today: string): LintFinding[] {
  const servers = registry.servers.map(
    (entry, index): Placed<RegisteredServer> => ({ section: 'servers', index, entry }),
  );
  const hosts = registry.hosts.map(
    (entry, index): Placed<RegisteredHost> => ({ section: 'hosts', index, entry }),
  );
  const all = [...servers, ...hosts];
  return [
    ...all.flatMap(missingOwner),
    ...servers.flatMap((server) => missingBasics(server)),
    ...servers.flatMap((server) => siteOfHost(server, registry)),
    ...servers.flatMap((server) => hostLifecycle(server, registry)),
    ...loneCluster(servers),
    ...GROUPING_LABELS.flatMap((label) => nearSpellings(all, label)),
    ...nearLabelNames(all),
    ...hosts.flatMap((host) => warrantyOver(host, today)),
  ].sort((a, b) => (a.section === b.section ? a.index - b.index : a.section === 'servers' ? -1 : 1));
}

function finding<T extends Entry>(
  { section, index, entry }: Placed<T>,
  rule: string,
  message: string,
): LintFinding {
  return { section, index, name: entry.name, rule, message };
}

function isInUse({ lifecycle }: Entry): boolean {
  return lifecycle === 'in_service' || lifecycle === 'deprecated';
}

function missingOwner(placed: Placed<Entry>): LintFinding[] {
  if (!isInUse(placed.entry) || placed.entry.owner !== undefined) return [];
  return [finding(placed, 'ownerless', 'has no owner: nobody is asked when it fails or can go')];
}

function missingBasics(placed: Placed<RegisteredServer>): LintFinding[] {
  const { entry } = placed;
  if (!isInUse(entry)) return [];
  const missing = (['app', 'env'] as const).filter((label) => entry[label] === undefined);
  return [
    ...(missing.length === 0 ? [] : [finding(placed, 'unlabelled', `has no ${missing.join(' and no ')}`)]),
    ...(entry.host === undefined
      ? [finding(placed, 'hostless', 'names no host: its hardware is not taken into account')]
      : []),
  ];
}

function siteOfHost(placed: Placed<RegisteredServer>, registry: Registry): LintFinding[] {
  const { host: name = '', site } = placed.entry;
  const host = registry.host(name);
  if (site === undefined || host?.site === undefined || host.site === site) return [];
  return [finding(placed, 'site', `is declared at ${site}, its host ${name} at ${host.site}`)];
}

function hostLifecycle(placed: Placed<RegisteredServer>, registry: Registry): LintFinding[] {
  const host = registry.host(placed.entry.host ?? '');
  if (host === undefined || isInUse(host) || !isInUse(placed.entry)) return [];
  return [finding(placed, 'lifecycle', `is in use on host ${host.name}, which is ${host.lifecycle}`)];
}

/** A cluster is a primary and its standbys: one alone is a slip, or a server without a standby. */
function loneCluster(servers: readonly Placed<RegisteredServer>[]): LintFinding[] {
  const used = servers.filter(({ entry }) => isInUse(entry));
  return used.flatMap((placed) => {
    const { cluster } = placed.entry;
    const members = used.filter(({ entry }) => entry.cluster === cluster).length;
    if (cluster === undefined || members > 1) return [];
    return [finding(placed, 'cluster', `is alone in cluster ${cluster}`)];
  });
}

/** "Team-A" beside "team-a": two values for Prometheus. */
function nearSpellings(
  all: readonly Placed<Entry>[],
  label: (typeof GROUPING_LABELS)[number],
): LintFinding[] {
  const spellings = new Map<string, string>();
  return all.flatMap((placed) => {
    const value = placed.entry[label];
    if (value === undefined) return [];
    const plain = value.toLowerCase().replace(/[\s_-]+/g, '');
    const first = spellings.get(plain) ?? value;
    spellings.set(plain, first);
    return first === value
      ? []
      : [
          finding(
            placed,
            'spelling',
            `${label} ${JSON.stringify(value)} is elsewhere spelt ${JSON.stringify(first)}`,
          ),
        ];
  });
}

/** A label name that one entry alone has and that is close to one that others have. */
function nearLabelNames(all: readonly Placed<Entry>[]): LintFinding[] {
  const counts = new Map<string, number>();
  for (const { entry } of all) {
    for (const name of Object.keys(entry.labels)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const common = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
  return all.flatMap((placed) =>
    Object.keys(placed.entry.labels).flatMap((name) => {
      const meant = counts.get(name) === 1 ? closest(name, common) : undefined;
      return meant === undefined
        ? []
        : [finding(placed, 'spelling', `label ${name}: did you mean "${meant}", as elsewhere?`)];
    }),
  );
}

function warrantyOver(placed: Placed<RegisteredHost>, today: string): LintFinding[] {
  const { warranty_until: end } = placed.entry;
  if (end === undefined || end >= today || !isInUse(placed.entry)) return [];
  return [finding(placed, 'warranty', `its warranty ended on ${end}`)];
}
