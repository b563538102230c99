/**
 * Source: declared hosts that are read over ssh or from a recording: their postmasters and data directories
 * Shape:  directory, version, port, running or not
 * Needs:  nothing for running servers; root, or the owner, for data directories
 * Absent when: no such host is declared, or nothing is on it
 */
import { PgfleetError } from '../../../lib/errors.ts';
import { inParallel } from '../in-parallel.ts';
import type { DiscoveryContext, RemoteHost, RemoteServer, Sighting, Technique } from '../technique.ts';

/** Connections at once. */
const AT_ONCE = 10;

export const technique = {
  name: 'remote-hosts',
  help: 'Servers and data directories on declared hosts that are read over ssh or from a recording.',
  discover: (context) => inParallel(context.hosts, AT_ONCE, (host) => look(host, context)),
} satisfies Technique;

async function look(host: RemoteHost, { gap, signal }: DiscoveryContext): Promise<Sighting[]> {
  try {
    const { servers, recordedAt } = await host.look(signal);
    const details: Record<string, string> =
      recordedAt === undefined ? {} : { recorded_on: new Date(recordedAt).toISOString().slice(0, 10) };
    return servers.map((server) => sightingOf(server, host, details));
  } catch (error) {
    if (!(error instanceof PgfleetError)) throw error;
    gap({ where: host.name, error });
    return [];
  }
}

function sightingOf(
  { dataDirectory, version, port, running }: RemoteServer,
  { name, address }: RemoteHost,
  details: Readonly<Record<string, string>>,
): Sighting {
  const major = version === undefined ? undefined : Number(version);
  return {
    kind: 'postgresql',
    state: running ? 'running' : 'stopped',
    machine: name,
    places: running && port !== undefined ? [{ host: address ?? name, port }] : [],
    dataDirectory: dataDirectory === '' ? undefined : dataDirectory,
    majors: major === undefined ? undefined : { from: major, to: major },
    details,
  };
}
