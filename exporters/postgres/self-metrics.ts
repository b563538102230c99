import { counter, gauge, type Sample, untyped } from '../../lib/metric.ts';
import { isSupported, type ServerFacts, shortVersion } from './facts.ts';
import type { PostgresFailure } from './failure.ts';
import { LEGACY_METRICS } from './legacy-names.ts';
import { ROUND_METRICS } from './round-metrics.ts';

const up = gauge('pg_up', 'Whether the server accepted a connection and answered in this scrape.');
const error = gauge('pgfleet_postgres_error', 'Why the server could not be observed in full.', ['reason']);
const unsupported = gauge(
  'pgfleet_postgres_unsupported',
  'A server that answers and is not scraped, because it is another product or too old.',
  ['kind', 'version'],
);
const staticInfo = untyped('pg_static', 'Version string as reported by PostgreSQL.', [
  'server',
  'short_version',
  'version',
]);
const probeDuration = gauge(
  'pgfleet_postgres_probe_duration_seconds',
  'Time this scrape of the server took.',
);
const connectDuration = gauge(
  'pgfleet_postgres_connect_duration_seconds',
  'Time it took to connect and log in, when the connection in use was made.',
);
const connectionAge = gauge('pgfleet_postgres_connection_age_seconds', 'Age of the connection in use.');
const connections = counter(
  'pgfleet_postgres_connections_opened_total',
  'Connections this process opened to the server.',
);

/** The peer's words for the same, which people's alerts know. */
const peer = {
  duration: gauge(
    'pg_exporter_last_scrape_duration_seconds',
    'Duration of the last scrape of metrics from PostgreSQL.',
  ),
  error: gauge(
    'pg_exporter_last_scrape_error',
    'Whether the last scrape of metrics from PostgreSQL resulted in an error (1 for error, 0 for success).',
  ),
  scrapes: counter('pg_exporter_scrapes_total', 'Total number of times PostgreSQL was scraped for metrics.'),
};

/** Families that say how observing a server went, whatever its collectors give. */
export const SELF_METRICS = [
  up,
  error,
  unsupported,
  staticInfo,
  probeDuration,
  connectDuration,
  connectionAge,
  connections,
  ...Object.values(peer),
  ...ROUND_METRICS,
  ...LEGACY_METRICS,
] as const;

/** What a scrape came to. */
export interface ScrapeOutcome {
  readonly up: boolean;
  readonly failure: PostgresFailure | undefined;
  readonly facts?: ServerFacts | undefined;
  readonly durationSeconds?: number | undefined;
  readonly connectionsOpened?: number | undefined;
  readonly scrapes?: number | undefined;
  readonly connection?: { readonly connectSeconds: number; readonly openedAt: number } | undefined;
}

export function outcomeSamples(outcome: ScrapeOutcome): Sample[] {
  const { failure, facts, connection } = outcome;
  const samples = [
    up(outcome.up ? 1 : 0),
    probeDuration(outcome.durationSeconds),
    peer.duration(outcome.durationSeconds),
    peer.error(failure === undefined ? 0 : 1),
    peer.scrapes(outcome.scrapes),
    connections(outcome.connectionsOpened),
    connectDuration(connection?.connectSeconds),
    connectionAge(connection && (performance.now() - connection.openedAt) / 1000),
  ];
  if (failure !== undefined) samples.push(error({ reason: failure.reason }, 1));
  if (facts !== undefined && outcome.up) samples.push(identity(facts));
  return samples;
}

function identity(facts: ServerFacts): Sample {
  const { server, kind, version, versionText } = facts;
  if (isSupported(facts)) {
    return staticInfo({ server, short_version: shortVersion(version), version: versionText }, 1);
  }
  return unsupported({ kind, version: version === 0 ? versionText : shortVersion(version) }, 1);
}
