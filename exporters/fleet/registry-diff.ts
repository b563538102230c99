import { formatAddress } from '../../lib/config.ts';
import { GROUPING_LABELS } from './config.ts';
import type { Imported, ImportedEntry } from './imported.ts';
import type { RegisteredHost, RegisteredServer, Registry } from './registry.ts';

/** How entries from elsewhere differ from the registry. */
export interface RegistryDiff {
  readonly added: readonly Difference[];
  readonly changed: readonly Difference[];
  /** In the registry, and not in what was read. */
  readonly missing: readonly Difference[];
}

export interface Difference {
  readonly section: 'servers' | 'hosts';
  readonly name: string;
  /** Where the other side says so; undefined for missing ones. */
  readonly where: string | undefined;
  readonly fields: readonly FieldChange[];
}

export interface FieldChange {
  readonly field: string;
  readonly here: string | undefined;
  readonly there: string | undefined;
}

/**
 * Compares by name. A field that the other side leaves open is no difference: tables and inventories rarely
 * know all that pgfleet.yml does. Kinds of entries that were not read (`sections`) are not missing.
 */
export function diffRegistry(
  registry: Registry,
  imported: Imported,
  sections: readonly ('servers' | 'hosts')[],
): RegistryDiff {
  const parts = [
    compare('servers', registry.servers, imported.servers, serverValues),
    compare('hosts', registry.hosts, imported.hosts, hostValues),
  ].filter((_part, index) => sections.includes(index === 0 ? 'servers' : 'hosts'));
  return {
    added: parts.flatMap(({ added }) => added),
    changed: parts.flatMap(({ changed }) => changed),
    missing: parts.flatMap(({ missing }) => missing),
  };
}

function compare<T extends { readonly name: string }>(
  section: Difference['section'],
  here: readonly T[],
  there: readonly ImportedEntry<T>[],
  values: (entry: T) => ReadonlyMap<string, string>,
): RegistryDiff {
  const declared = new Map(here.map((entry) => [entry.name, entry]));
  const read = new Set(there.map(({ entry }) => entry.name));
  const differences = there.map(({ where, entry, given }) => {
    const own = declared.get(entry.name);
    const all = changesBetween(own === undefined ? new Map() : values(own), values(entry));
    const fields = all.filter(({ field }) => field !== 'lifecycle' || given.has(field));
    return { isNew: own === undefined, difference: { section, name: entry.name, where, fields } };
  });
  return {
    added: differences.filter(({ isNew }) => isNew).map(({ difference }) => difference),
    changed: differences
      .filter(({ isNew, difference }) => !isNew && difference.fields.length > 0)
      .map(({ difference }) => difference),
    missing: here
      .filter(({ name }) => !read.has(name))
      .map(({ name }) => ({ section, name, where: undefined, fields: [] })),
  };
}

function changesBetween(
  here: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, string>,
): FieldChange[] {
  return [...there].flatMap(([field, value]) =>
    here.get(field) === value ? [] : [{ field, here: here.get(field), there: value }],
  );
}

function serverValues(server: RegisteredServer): Map<string, string> {
  return commonValues(server, { address: formatAddress(server.address).toLowerCase(), host: server.host });
}

function hostValues(host: RegisteredHost): Map<string, string> {
  const { purchased, warranty_until, power_watts, cost_per_year } = host;
  return commonValues(host, {
    purchased,
    warranty_until,
    power_watts: power_watts?.toString(),
    cost_per_year: cost_per_year?.toString(),
  });
}

function commonValues(
  entry: RegisteredServer | RegisteredHost,
  own: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const values = new Map<string, string>();
  const labels = Object.entries(entry.labels).map(([name, value]) => [`label.${name}`, value] as const);
  const grouping = GROUPING_LABELS.map((label) => [label, entry[label]] as const);
  for (const [field, value] of [...Object.entries(own), ...grouping, ...labels]) {
    if (value !== undefined) values.set(field, value);
  }
  return values.set('lifecycle', entry.lifecycle);
}

/** One line per difference: "+ new", "~ changed: field: here -> there", "- missing". */
export function diffText({ added, changed, missing }: RegistryDiff): string {
  const text = (value: string | undefined) => (value === undefined ? 'nothing' : JSON.stringify(value));
  const lines = [
    ...added.map(({ section, name, where }) => `+ ${section} ${name} (${where})`),
    ...changed.flatMap(({ section, name, where, fields }) => [
      `~ ${section} ${name} (${where})`,
      ...fields.map(({ field, here, there }) => `    ${field}: ${text(here)} -> ${text(there)}`),
    ]),
    ...missing.map(({ section, name }) => `- ${section} ${name}: only in pgfleet.yml`),
  ];
  return lines.length === 0 ? 'No differences.' : lines.join('\n');
}
