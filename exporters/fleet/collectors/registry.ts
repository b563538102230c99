/**
 * Source: servers and hosts declared in pgfleet.yml
 * Shape:  one info series per entry, one count per lifecycle state, purchase, warranty, power and cost of hosts
 * Units:  1 per entry; entries; days -> seconds since the epoch (UTC); watts; currency of the site
 * Needs:  nothing   Cost: none
 * Absent when: nothing is declared; a day that is not declared has no series
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { LIFECYCLE_STATES } from '../config.ts';
import type { FleetCollector } from '../fleet-exporter.ts';
import { groupingLabels, type RegisteredHost, type RegisteredServer, serverInstance } from '../registry.ts';

const serverInfo = gauge(
  'pgfleet_registry_server_info',
  'Declared PostgreSQL servers with what the registry says about them, always 1.',
  ['server', 'instance', 'host', 'cluster', 'env', 'app', 'owner', 'site', 'lifecycle'],
);
const hostInfo = gauge(
  'pgfleet_registry_host_info',
  'Declared hosts with what the registry says about them, always 1.',
  ['host', 'instance', 'cluster', 'env', 'app', 'owner', 'site', 'lifecycle', 'transport'],
);
const servers = gauge('pgfleet_registry_servers', 'Declared PostgreSQL servers by lifecycle state.', [
  'lifecycle',
]);
const hosts = gauge('pgfleet_registry_hosts', 'Declared hosts by lifecycle state.', ['lifecycle']);
const purchased = gauge(
  'pgfleet_registry_host_purchase_timestamp_seconds',
  'Day the hardware of the host was bought, as declared.',
  ['host', 'instance'],
);
const warrantyEnd = gauge(
  'pgfleet_registry_host_warranty_end_timestamp_seconds',
  'End of the last day of the warranty of the host, as declared.',
  ['host', 'instance'],
);

const power = gauge('pgfleet_registry_host_power_watts', 'Power the host draws, as declared.', [
  'host',
  'instance',
]);
const cost = gauge(
  'pgfleet_registry_host_cost_per_year',
  'What the host costs a year, as declared, in the currency of the site.',
  ['host', 'instance'],
);

export const collector = {
  name: 'registry',
  help: 'Which servers and hosts are declared, by whom and in which lifecycle state.',
  metrics: [serverInfo, hostInfo, servers, hosts, purchased, warrantyEnd, power, cost],
  seriesLimit: 100_000,
  *samples({ registry }) {
    for (const server of registry.servers) yield serverInfo(serverInfoLabels(server), 1);
    for (const host of registry.hosts) yield* hostSamples(host);
    for (const lifecycle of LIFECYCLE_STATES) {
      yield servers({ lifecycle }, registry.servers.filter((entry) => entry.lifecycle === lifecycle).length);
      yield hosts({ lifecycle }, registry.hosts.filter((entry) => entry.lifecycle === lifecycle).length);
    }
  },
} satisfies FleetCollector;

function serverInfoLabels(server: RegisteredServer) {
  const { name, host = '', lifecycle } = server;
  return { server: name, instance: serverInstance(server), host, ...infoLabels(server), lifecycle };
}

function* hostSamples(host: RegisteredHost): Iterable<Sample> {
  const identity = { host: host.name, instance: host.name };
  const { lifecycle, transport } = host;
  yield hostInfo({ ...identity, ...infoLabels(host), lifecycle, transport }, 1);
  if (host.purchased !== undefined) yield purchased(identity, startOfDay(host.purchased));
  if (host.warranty_until !== undefined)
    yield warrantyEnd(identity, startOfDay(host.warranty_until) + DAY_SECONDS);
  yield power(identity, host.power_watts);
  yield cost(identity, host.cost_per_year);
}

function infoLabels(entry: RegisteredServer | RegisteredHost) {
  const { cluster = '', env = '', app = '', owner = '', site = '' } = groupingLabels(entry);
  return { cluster, env, app, owner, site };
}

const DAY_SECONDS = 86_400;

function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}
