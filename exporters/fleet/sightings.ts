import type { DataDirectory } from './data-directory.ts';
import type { Machine, Place, Sighting } from './technique.ts';

/** What a data directory on a machine says; `details` adds how it was found. */
export function directorySighting(
  machine: Machine,
  directory: DataDirectory,
  details: Readonly<Record<string, string>>,
): Sighting {
  const { path, identity, major, systemIdentifier, clusterState, configuredPort, postmaster } = directory;
  const places: Place[] =
    postmaster?.port === undefined || postmaster.listenAddress === undefined
      ? []
      : [{ host: everyAddress(postmaster.listenAddress), port: postmaster.port }];
  return {
    kind: 'postgresql',
    state: postmaster === undefined ? 'stopped' : 'running',
    machine: machine.name,
    places,
    dataDirectory: path,
    directoryIdentity: identity,
    configuredPort,
    systemIdentifier,
    majors: major === undefined ? undefined : { from: major, to: major },
    clusterState,
    details,
  };
}

/** listen_addresses writes "*" for every address. */
function everyAddress(listen: string): string {
  return listen === '*' ? '0.0.0.0' : listen;
}
