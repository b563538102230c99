import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadTechniques, type TechniqueRun } from '../exporters/fleet/discover.ts';
import { type Discovery, discoverEstate } from '../exporters/fleet/discoverer.ts';
import { localAddresses, localMachine } from '../exporters/fleet/local-machine.ts';
import { createNetworkScan } from '../exporters/fleet/network-scan.ts';
import { createRegistry } from '../exporters/fleet/registry.ts';
import type { NetworkScan, RemoteHost } from '../exporters/fleet/technique.ts';
import { findServers } from '../exporters/host/find-servers.ts';
import type { FleetConfig } from './config.ts';
import { type AskServer, knownServers } from './known-servers.ts';

export interface LookOptions {
  readonly signal: AbortSignal;
  /** Whether to probe the networks that the configuration lists. */
  readonly networks: boolean;
  readonly onDone?: (run: TechniqueRun) => void;
  /** How to ask declared servers over sessions that are there already; they are opened for the look otherwise. */
  readonly ask?: AskServer | undefined;
  /** An earlier look, whose network probes still count when they are not repeated. */
  readonly previous?: Discovery | undefined;
}

/** The technique that contacts addresses nobody declared. */
const NETWORK = 'network';

/** Looks for servers by every technique, from this machine, with the rights and logins that pgfleet has. */
export async function lookAround(config: FleetConfig, options: LookOptions): Promise<Discovery> {
  const { signal, networks, onDone, previous, ask } = options;
  const known = knownServers(config, signal, ask);
  try {
    return await discoverEstate({
      registry: createRegistry(config),
      techniques: (await loadTechniques()).filter(({ name }) => networks || name !== NETWORK),
      machines: [
        {
          machine: localMachine(localName(config), config.discovery.data_directories),
          addresses: localAddresses(),
        },
      ],
      ...known,
      hosts: remoteHosts(config),
      scan: networks ? networkScan(config) : undefined,
      signal,
      now: Date.now,
      previous,
      ...(onDone === undefined ? {} : { onDone }),
    });
  } finally {
    await known.close();
  }
}

/** The looks of a service: all techniques at the general pace, the network probes at their own. */
export function serviceLook(config: () => FleetConfig, ask: AskServer) {
  let probedAt = Number.NEGATIVE_INFINITY;
  return async (signal: AbortSignal, previous: Discovery | undefined): Promise<Discovery> => {
    const { discovery } = config();
    const networks =
      discovery.networks.length > 0 && Date.now() - probedAt >= discovery.network_interval * 1000;
    if (networks) probedAt = Date.now();
    return lookAround(config(), { signal, networks, previous, ask });
  };
}

/** The hosts that are read over ssh or from a recording; the local one is looked at more closely. */
function remoteHosts(config: FleetConfig): RemoteHost[] {
  return config.hosts
    .filter(({ lifecycle, transport }) => lifecycle !== 'planned' && transport !== 'local')
    .map((entry) => ({
      name: entry.name,
      address: entry.ssh?.address.host,
      look: (signal) => findServers(entry, config, signal),
    }));
}

/** What the registry calls this machine, when it declares it. */
function localName({ hosts }: FleetConfig): string | undefined {
  return hosts.find(({ transport }) => transport === 'local')?.name;
}

/** A scan of the listed networks, recorded in the data directory; undefined when none is listed. */
function networkScan(config: FleetConfig): NetworkScan | undefined {
  if (config.discovery.networks.length === 0) return undefined;
  const file = auditFile(config);
  mkdirSync(config.data_dir, { recursive: true });
  return createNetworkScan(config.discovery, {
    now: Date.now,
    audit: ({ at, ...entry }) => {
      appendFileSync(file, `${JSON.stringify({ time: new Date(at).toISOString(), ...entry })}\n`, {
        mode: 0o600,
      });
    },
  });
}

/** The record of every connection that a network scan made. */
export function auditFile(config: FleetConfig): string {
  return join(config.data_dir, 'discovery-audit.log');
}
