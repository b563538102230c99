import type { FoundSighting } from './discover.ts';
import type { ServerKind } from './formats/startup-answer.ts';
import { type IdentityFinding, identityFindings } from './identity.ts';
import { addressKeys, machinesOf, type PlaceContext, placeKeys, placeText } from './places.ts';
import type { RegisteredServer, Registry } from './registry.ts';
import type { Sighting } from './technique.ts';
import { groupByKeys } from './union.ts';

/** One server, or data directory of one, that exists or is said to: all sightings of it together. */
export interface Instance {
  /** How people call it: its registry name, its address, or machine and directory. */
  readonly label: string;
  readonly kind: ServerKind;
  /** `declared`: only the registry knows it. */
  readonly state: Sighting['state'] | 'declared';
  readonly status: 'registered' | 'unregistered' | 'ghost';
  /** Registry entries it answers to; more than one: the same server was declared twice. */
  readonly servers: readonly RegisteredServer[];
  readonly machine: string | undefined;
  /** host:port, or a host alone where the port is unknown; each once. */
  readonly addresses: readonly string[];
  readonly dataDirectory: string | undefined;
  readonly systemIdentifier: string | undefined;
  readonly majors: Sighting['majors'];
  readonly role: Sighting['role'];
  readonly clusterState: Sighting['clusterState'];
  /** Techniques that saw it. */
  readonly techniques: readonly string[];
  readonly findings: readonly IdentityFinding[];
  readonly details: Readonly<Record<string, string>>;
}

export interface EstateInput extends PlaceContext {
  readonly registry: Registry;
  readonly sightings: readonly FoundSighting[];
}

/**
 * Joins sightings and registry entries that are about the same server: by data directory, by address, by
 * container, by the entry it was reached through. Sorted: unregistered, ghosts, registered.
 */
export function buildEstate(input: EstateInput): Instance[] {
  const { registry, sightings } = input;
  const declared = registry.servers.map(declaredSighting);
  const located = sightings.filter(isLocated);
  const groups = groupByKeys([...declared, ...located], (sighting) => keysOf(sighting, input)).flatMap(
    (group) => apart(group, input),
  );
  for (const sighting of sightings) if (!isLocated(sighting)) attachStandby(sighting, groups, input);
  attachStopped(groups, input);
  const instances = groups.filter((group) => group.length > 0).map((group) => instanceOf(group, registry));
  const findings = identityFindings(instances);
  return instances
    .map((instance, index) => ({ ...instance, findings: findings[index] ?? [] }))
    .sort((a, b) => rank(a) - rank(b) || a.label.localeCompare(b.label, 'en', { numeric: true }));
}

const STATUSES = ['unregistered', 'ghost', 'registered'] as const;

function rank({ status, findings, state }: Instance): number {
  return STATUSES.indexOf(status) * 10 - findings.length + (state === 'stopped' ? 5 : 0);
}

const DECLARED = 'registry';

function declaredSighting(server: RegisteredServer): FoundSighting {
  return {
    technique: DECLARED,
    kind: 'pgwire',
    state: 'referenced',
    places: [server.address],
    server: server.name,
    details: {},
  };
}

/** A standby seen from its primary has an address without a port; all others can be found by what they have. */
function isLocated({ places, machine }: Sighting): boolean {
  return machine !== undefined || places.some(({ port }) => port !== undefined);
}

/** Everything that two sightings of one server have in common with each other and with nobody else. */
function keysOf(sighting: FoundSighting, input: EstateInput): string[] {
  const { machine, container, server, kind, places, state } = sighting;
  const keys = places.flatMap((place) => placeKeys(place, machine, input));
  // Whatever its address is called: a server that was seen to run on a machine is at its port there.
  if (machine !== undefined && state === 'running')
    keys.push(...places.flatMap(({ port }) => (port === undefined ? [] : [`port ${machine} ${port}`])));
  if (server !== undefined) keys.push(`server ${server}`, ...declaredHostKeys(server, input));
  if (container !== undefined) keys.push(`container ${container} ${kind}`);
  return [...keys, ...directoryKeys(sighting)];
}

function directoryKeys({ machine, container, dataDirectory, directoryIdentity }: FoundSighting): string[] {
  if (machine === undefined) return [];
  return [
    ...(directoryIdentity === undefined ? [] : [`directory ${machine} ${directoryIdentity}`]),
    // A path inside a container is not one of the machine.
    ...(dataDirectory === undefined || container !== undefined ? [] : [`path ${machine} ${dataDirectory}`]),
  ];
}

/** Servers may share a port of one machine, each on an address of its own: then the address alone tells them apart. */
function apart(group: FoundSighting[], input: EstateInput): FoundSighting[][] {
  const running = group.filter((one) => one.state === 'running' && directoryKeys(one).length > 0);
  if (groupByKeys(running, directoryKeys).length < 2) return [group];
  return groupByKeys(group, (sighting) => {
    const { server, places, machine = input.localMachine } = sighting;
    const addresses = places.flatMap((place) => addressKeys(place, machine, input));
    return [...addresses, ...(server === undefined ? [] : [`server ${server}`]), ...directoryKeys(sighting)];
  });
}

/** An entry that names its host is at its port there, even when its address is a name nobody resolves. */
function declaredHostKeys(name: string, { registry }: EstateInput): string[] {
  const server = registry.server(name);
  return server?.host === undefined ? [] : [`port ${server.host} ${server.address.port}`];
}

/** Adds a standby without a port to the servers on its machine that have the identity of its primary, or alone. */
function attachStandby(sighting: FoundSighting, groups: FoundSighting[][], input: EstateInput): void {
  const primary = input.sightings.find(
    ({ server }) => server !== undefined && server === sighting.details['referenced_by'],
  );
  const host = sighting.places[0]?.host ?? '';
  const machines = machinesOf(host, undefined, input);
  const isThere = (other: FoundSighting) =>
    (other.machine !== undefined && machines.includes(other.machine)) ||
    other.places.some(
      (place) =>
        place.host === host || machinesOf(place.host, other.machine, input).some((m) => machines.includes(m)),
    );
  const own = groups.filter(
    (group) =>
      group.some(isThere) &&
      group.some(
        ({ systemIdentifier }) =>
          systemIdentifier !== undefined && systemIdentifier === primary?.systemIdentifier,
      ) &&
      group.some(({ role, clusterState }) => role === 'standby' || clusterState === 'in archive recovery'),
  );
  if (own.length === 0) groups.push([sighting]);
  for (const group of own) group.push(sighting);
}

/** Gives a declared server that was not seen the one stopped data directory on its host that is set to its port. */
function attachStopped(groups: FoundSighting[][], input: EstateInput): void {
  for (const group of groups) {
    const server = input.registry.server(group[0]?.server ?? '');
    if (server === undefined || group.some(({ technique }) => technique !== DECLARED)) continue;
    const machines = [server.host ?? '', ...machinesOf(server.address.host, undefined, input)];
    const stopped = groups.filter((other) =>
      other.some(
        ({ machine, state, configuredPort }) =>
          state === 'stopped' && configuredPort === server.address.port && machines.includes(machine ?? ''),
      ),
    );
    const [only, ...others] = stopped.filter((other) => other.every(({ state }) => state === 'stopped'));
    if (only !== undefined && others.length === 0) group.push(...only.splice(0));
  }
}

/** How much a state says: what was seen running runs, whatever an older trace says. */
const STATE_ORDER = ['running', 'stopped', 'referenced'] as const;
const KIND_ORDER: readonly ServerKind[] = ['pgbouncer', 'postgresql', 'pgwire'];

function instanceOf(
  group: readonly FoundSighting[],
  registry: Registry,
): Omit<Instance, 'findings'> & { findings: [] } {
  const seen = group.filter(({ technique }) => technique !== DECLARED);
  const first = <K extends keyof Sighting>(key: K): Sighting[K] | undefined =>
    seen.find((sighting) => sighting[key] !== undefined)?.[key];
  const servers = [...new Set(group.flatMap(({ server }) => server ?? []))].flatMap(
    (name) => registry.server(name) ?? [],
  );
  const addresses = [...new Set(group.flatMap(({ places }) => places.map(placeText)))];
  const state = STATE_ORDER.find((candidate) => seen.some((sighting) => sighting.state === candidate));
  const machine = first('machine') ?? servers[0]?.host;
  const dataDirectory = first('dataDirectory');
  return {
    label: servers[0]?.name ?? addresses[0] ?? `${machine ?? ''}:${dataDirectory ?? ''}`,
    // Only what was looked at tells the kind: others merely assume that PostgreSQL is where they are pointed to.
    kind: kindOf(seen.filter((sighting) => sighting.state !== 'referenced')) ?? kindOf(seen) ?? 'pgwire',
    state: state ?? 'declared',
    status: statusOf(servers, state),
    servers,
    machine,
    addresses,
    dataDirectory,
    systemIdentifier: first('systemIdentifier'),
    majors: narrowest(seen),
    role:
      seen.find((sighting) => sighting.state === 'running' && sighting.role !== undefined)?.role ??
      first('role'),
    clusterState: first('clusterState'),
    techniques: [...new Set(seen.map(({ technique }) => technique))],
    findings: [],
    details: Object.assign({}, ...seen.map(({ details }) => details).reverse()),
  };
}

function kindOf(sightings: readonly FoundSighting[]): ServerKind | undefined {
  return KIND_ORDER.find((kind) => sightings.some((sighting) => sighting.kind === kind));
}

/** A ghost is declared to be in use, and neither answers nor runs anywhere that was looked at. */
function statusOf(
  servers: readonly RegisteredServer[],
  state: Sighting['state'] | undefined,
): Instance['status'] {
  if (servers.length === 0) return 'unregistered';
  const inUse = servers.some(({ lifecycle }) => lifecycle === 'in_service' || lifecycle === 'deprecated');
  return inUse && state !== 'running' ? 'ghost' : 'registered';
}

/** The version that says most: one major before an interval. */
function narrowest(sightings: readonly FoundSighting[]): Sighting['majors'] {
  const known = sightings.flatMap(({ majors }) => (majors === undefined ? [] : [majors]));
  return known.find(({ from, to }) => from !== undefined && from === to) ?? known[0];
}
