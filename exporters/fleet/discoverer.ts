import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { type Discovered, discover, type TechniqueRun } from './discover.ts';
import { buildEstate, type Instance } from './estate.ts';
import { isEveryAddress } from './places.ts';
import type { Registry } from './registry.ts';
import type {
  KnownPatroni,
  KnownPooler,
  KnownServer,
  Machine,
  NetworkScan,
  RemoteHost,
  Technique,
} from './technique.ts';

/** A finished look at everything. */
export interface Discovery extends Discovered {
  readonly instances: readonly Instance[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface DiscoverOptions {
  readonly registry: Registry;
  readonly techniques: readonly Technique[];
  /** The first one is the machine pgfleet runs on. */
  readonly machines: readonly [local: MachineAt, ...others: MachineAt[]];
  readonly servers: readonly KnownServer[];
  readonly poolers: readonly KnownPooler[];
  readonly patronis: readonly KnownPatroni[];
  readonly hosts: readonly RemoteHost[];
  readonly scan: NetworkScan | undefined;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onDone?: (run: TechniqueRun) => void;
  /** An earlier look: what its other techniques saw still counts. */
  readonly previous?: Discovered | undefined;
}

/** A machine and the addresses it can be reached at. */
export interface MachineAt {
  readonly machine: Machine;
  readonly addresses: readonly string[];
}

/** Looks everywhere and joins what was seen with what is declared. */
export async function discoverEstate(options: DiscoverOptions): Promise<Discovery> {
  const { registry, techniques, machines, hosts, signal, now, onDone } = options;
  const startedAt = now();
  const context = { ...options, machines: machines.map(({ machine }) => machine) };
  const discovered = withPrevious(await discover(techniques, context, onDone), options.previous);
  const places = [
    ...machines.map(({ machine, addresses }) => ({ name: machine.name, addresses })),
    ...hosts.flatMap(({ name, address }) => (address === undefined ? [] : [{ name, addresses: [address] }])),
  ];
  const names = [
    ...registry.servers.map(({ address }) => address.host),
    ...discovered.sightings.flatMap(({ places }) => places.map(({ host }) => host)),
    ...places.flatMap(({ addresses }) => addresses),
  ];
  const resolved = await resolveHosts(names, signal);
  const instances = buildEstate({
    registry,
    sightings: discovered.sightings,
    localMachine: machines[0].machine.name,
    machineAddresses: new Map(
      places.map(({ name, addresses }) => [
        name,
        addresses.flatMap((address) => resolved.get(address) ?? [address]),
      ]),
    ),
    resolved,
  });
  return { ...discovered, instances, startedAt, endedAt: now() };
}

function withPrevious(now: Discovered, previous: Discovered | undefined): Discovered {
  const done = new Set(now.runs.map(({ technique }) => technique));
  const other = ({ technique }: { technique: string }) => !done.has(technique);
  return {
    sightings: [...now.sightings, ...(previous?.sightings ?? []).filter(other)],
    gaps: [...now.gaps, ...(previous?.gaps ?? []).filter(other)],
    runs: [...now.runs, ...(previous?.runs ?? []).filter(other)],
  };
}

const LOOKUP_TIMEOUT_MS = 3000;

/** Addresses of the host names among the texts; a name that does not resolve in time has none. */
async function resolveHosts(
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = [...new Set(hosts)].filter((host) => isIP(host) === 0 && !isEveryAddress(host));
  const deadline = startDeadline(LOOKUP_TIMEOUT_MS, signal);
  try {
    const answers = await Promise.all(names.map((name) => addressesOf(name, deadline.signal)));
    return new Map(names.map((name, index) => [name, answers[index] ?? []]));
  } finally {
    deadline.clear();
  }
}

async function addressesOf(name: string, signal: AbortSignal): Promise<string[]> {
  try {
    const answers = await untilAborted(lookup(name, { all: true }), signal);
    return answers.map(({ address }) => address);
  } catch {
    // A name without an address is a fact about the registry that its ghost status tells.
    return [];
  }
}
