/**
 * Source: the last finished look around: processes, data directories, units, containers, references, networks
 * Shape:  one info series per instance, one per finding about its identity, the health of every technique
 * Units:  1; seconds since the epoch; seconds
 * Needs:  what the techniques need   Cost: none, the look itself runs apart
 * Absent when: no look has finished yet
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { Instance } from '../estate.ts';
import type { FleetCollector } from '../fleet-exporter.ts';
import { initdbTime } from '../formats/pg-control.ts';
import { majorText } from '../formats/startup-answer.ts';
import { serverInstance } from '../registry.ts';

const IDENTITY = ['instance', 'server', 'host', 'data_directory', 'system_identifier'] as const;

const info = gauge(
  'pgfleet_discovered_instance_info',
  'Servers and data directories that were found or are declared, always 1.',
  [...IDENTITY, 'status', 'kind', 'state', 'role', 'major'],
);
const finding = gauge(
  'pgfleet_discovered_instance_finding',
  'What system identifiers say: clone (two take writes), copy (on one host), stopped; always 1.',
  [...IDENTITY, 'finding'],
);
const born = gauge(
  'pgfleet_discovered_initdb_timestamp_seconds',
  'When initdb made the cluster; standbys and clones share it.',
  ['system_identifier'],
);
const lastRun = gauge('pgfleet_discovery_last_run_timestamp_seconds', 'When the last look around ended.');
const success = gauge('pgfleet_discovery_success', 'Whether the technique finished its last look.', [
  'technique',
]);
const duration = gauge('pgfleet_discovery_duration_seconds', 'Duration of the last look of the technique.', [
  'technique',
]);
const sightings = gauge('pgfleet_discovery_sightings', 'What the technique saw in its last look.', [
  'technique',
]);
const gaps = gauge(
  'pgfleet_discovery_gaps',
  'Files, servers and sockets that the technique could not look at.',
  ['technique'],
);

export const collector = {
  name: 'discovery',
  help: 'Which servers exist, declared or not, and which share an identity.',
  metrics: [info, finding, born, lastRun, success, duration, sightings, gaps],
  *samples({ discovery }) {
    if (discovery === undefined) return;
    for (const instance of discovery.instances) yield* instanceSamples(instance);
    const identifiers = new Set(
      discovery.instances.flatMap(({ systemIdentifier }) => systemIdentifier ?? []),
    );
    for (const identifier of identifiers)
      yield born({ system_identifier: identifier }, initdbTime(identifier));
    yield lastRun(discovery.endedAt / 1000);
    for (const run of discovery.runs) {
      const labels = { technique: run.technique };
      yield success(labels, run.error === undefined ? 1 : 0);
      yield duration(labels, run.durationMs / 1000);
      yield sightings(labels, run.sightings);
      yield gaps(labels, run.gaps);
    }
  },
} satisfies FleetCollector;

function* instanceSamples(instance: Instance): Iterable<Sample> {
  const { servers, addresses, machine = '', dataDirectory = '', systemIdentifier = '' } = instance;
  const [server] = servers;
  const identity = {
    instance: server === undefined ? (addresses[0] ?? '') : serverInstance(server),
    server: server?.name ?? '',
    host: machine,
    data_directory: dataDirectory,
    system_identifier: systemIdentifier,
  };
  const { status, kind, state, role = '', majors } = instance;
  yield info({ ...identity, status, kind, state, role, major: majorText(majors) }, 1);
  for (const { kind: name } of instance.findings) yield finding({ ...identity, finding: name }, 1);
}
