import type { HostConnection, HostExporterConfig } from './config.ts';
import type { ClusterOf } from './host-collector.ts';

/**
 * Whose backups lie on a host. In this order: what `backups.clusters` says; the cluster that is called
 * like the stanza; the only cluster that runs on the host; the name of the stanza as it is.
 */
export function clusterOfBackups(
  { name, cluster, backups }: HostConnection,
  servers: HostExporterConfig['servers'] = [],
): ClusterOf {
  const declared = new Set(servers.flatMap((server) => server.cluster ?? []));
  const here = new Set(servers.flatMap((server) => (server.host === name && server.cluster) || []));
  if (cluster !== undefined) here.add(cluster);
  const [only] = here.size === 1 ? here : [];
  return (stanza) => backups?.clusters[stanza] ?? (declared.has(stanza) ? stanza : (only ?? stanza));
}
