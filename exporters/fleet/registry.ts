import { type Address, formatAddress } from '../../lib/config.ts';
import type { GROUPING_LABELS, GroupingLabel, Lifecycle } from './config.ts';

/** What people declared about a server or a host. */
type RegistryEntry = {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly labels: Readonly<Record<string, string>>;
} & { readonly [label in GroupingLabel]?: string | undefined };

/** A declared PostgreSQL server: one address, one data directory. */
export type RegisteredServer = RegistryEntry & {
  readonly address: Address;
  /** Name of the declared host it runs on. */
  readonly host?: string | undefined;
};

/** A declared machine. */
export type RegisteredHost = RegistryEntry & {
  readonly transport: string;
  /** Days as YYYY-MM-DD. */
  readonly purchased?: string | undefined;
  readonly warranty_until?: string | undefined;
  readonly power_watts?: number | undefined;
  /** In the currency of the site. */
  readonly cost_per_year?: number | undefined;
};

/** Everything declared, as of one load of the configuration; it never changes, a reload makes another one. */
export interface Registry {
  readonly servers: readonly RegisteredServer[];
  readonly hosts: readonly RegisteredHost[];
  server(name: string): RegisteredServer | undefined;
  host(name: string): RegisteredHost | undefined;
  /** Servers that declare to run on the host. */
  serversOn(host: string): readonly RegisteredServer[];
}

/** A server takes the site of its host when it declares none: it cannot stand elsewhere. */
export function createRegistry(declared: {
  readonly servers: readonly RegisteredServer[];
  readonly hosts: readonly RegisteredHost[];
}): Registry {
  const hosts = Object.freeze([...declared.hosts]);
  const hostByName = new Map(hosts.map((host) => [host.name, host]));
  const servers = Object.freeze(
    declared.servers.map((server) => {
      const site = server.site ?? hostByName.get(server.host ?? '')?.site;
      return site === server.site ? server : { ...server, site };
    }),
  );
  const serverByName = new Map(servers.map((server) => [server.name, server]));
  return Object.freeze({
    servers,
    hosts,
    server: (name: string) => serverByName.get(name),
    host: (name: string) => hostByName.get(name),
    serversOn: (host: string) => servers.filter((server) => server.host === host),
  });
}

/** Value of the `instance` label of a server's series. */
export function serverInstance(server: RegisteredServer): string {
  return formatAddress(server.address);
}

/** Labels that service discovery puts on every series of a server; undeclared ones are absent. */
export function serverLabels(server: RegisteredServer): Record<string, string> {
  return {
    instance: serverInstance(server),
    ...declaredLabels({ host: server.host }),
    ...entryLabels(server),
  };
}

/** Labels that service discovery puts on every series of a host; undeclared ones are absent. */
export function hostLabels(host: RegisteredHost): Record<string, string> {
  return { instance: host.name, host: host.name, ...entryLabels(host) };
}

function entryLabels(entry: RegistryEntry): Record<string, string> {
  return { ...declaredLabels(groupingLabels(entry)), ...entry.labels };
}

/** The grouping fields of an entry, undefined where not declared. */
export function groupingLabels(entry: RegistryEntry): Record<GroupingLabel, string | undefined> {
  const { cluster, env, app, owner, site } = entry;
  return { cluster, env, app, owner, site } satisfies Record<(typeof GROUPING_LABELS)[number], unknown>;
}

function declaredLabels(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
