/**
 * Source: GET /patroni of Patroni's REST API, https://patroni.readthedocs.io/en/latest/rest_api.html
 * Shape:  one JSON document about the node; what GET /metrics says (since 2.1), for older versions as well
 * Units:  WAL positions in bytes, times in seconds since the epoch
 * Needs:  `patroni:` in the options of the server   Cost: one HTTP request, answered from memory
 * Absent when: Patroni says nothing about it: the position of a stopped server, a primary's replay
 */
import { z } from 'zod';
import type { Catalog } from '../../../catalog/catalog.ts';
import { releaseLine } from '../../../catalog/releases.ts';
import type { CollectorDeclaration } from '../../../lib/collector.ts';
import { ParseError } from '../../../lib/errors.ts';
import { counter, gauge, type Sample, type Value } from '../../../lib/metric.ts';

const LABELS = ['scope', 'name'] as const;

const metrics = {
  version: gauge('patroni_version', 'Patroni semver without periods.', LABELS),
  running: gauge('patroni_postgres_running', 'Value is 1 if Postgres is running, 0 otherwise.', LABELS),
  started: gauge('patroni_postmaster_start_time', 'Epoch seconds since Postgres started.', LABELS),
  primary: gauge('patroni_primary', 'Value is 1 if this node is the leader, 0 otherwise.', LABELS),
  master: gauge('patroni_master', 'The name of patroni_primary before 4.0.', LABELS),
  location: counter('patroni_xlog_location', 'Current location of the Postgres transaction log.', LABELS),
  standbyLeader: gauge(
    'patroni_standby_leader',
    'Value is 1 if this node is the standby_leader, 0 otherwise.',
    LABELS,
  ),
  replica: gauge('patroni_replica', 'Value is 1 if this node is a replica, 0 otherwise.', LABELS),
  syncStandby: gauge(
    'patroni_sync_standby',
    'Value is 1 if this node is a sync standby, 0 otherwise.',
    LABELS,
  ),
  quorumStandby: gauge(
    'patroni_quorum_standby',
    'Value is 1 if this node is a quorum standby, 0 otherwise.',
    LABELS,
  ),
  received: counter(
    'patroni_xlog_received_location',
    'Current location of the received Postgres transaction log.',
    LABELS,
  ),
  replayed: counter(
    'patroni_xlog_replayed_location',
    'Current location of the replayed Postgres transaction log.',
    LABELS,
  ),
  replayedAt: gauge(
    'patroni_xlog_replayed_timestamp',
    'Current timestamp of the replayed Postgres transaction log.',
    LABELS,
  ),
  replayPaused: gauge(
    'patroni_xlog_paused',
    'Value is 1 if the replay of the Postgres xlog is paused, 0 otherwise.',
    LABELS,
  ),
  streaming: gauge('patroni_postgres_streaming', 'Value is 1 if Postgres is streaming, 0 otherwise.', LABELS),
  archiveRecovery: gauge(
    'patroni_postgres_in_archive_recovery',
    'Value is 1 if Postgres is replicating from archive, 0 otherwise.',
    LABELS,
  ),
  serverVersion: gauge('patroni_postgres_server_version', 'Version of Postgres, if running.', LABELS),
  unlocked: gauge('patroni_cluster_unlocked', 'Value is 1 if the cluster is unlocked, 0 if locked.', LABELS),
  failsafe: gauge(
    'patroni_failsafe_mode_is_active',
    'Value is 1 if failsafe mode is active, 0 if inactive.',
    LABELS,
  ),
  timeline: counter('patroni_postgres_timeline', 'Postgres timeline of this node, if running.', LABELS),
  dcsLastSeen: gauge(
    'patroni_dcs_last_seen',
    'Epoch timestamp when DCS was last contacted successfully by Patroni.',
    LABELS,
  ),
  pendingRestart: gauge(
    'patroni_pending_restart',
    'Value is 1 if the node needs a restart, 0 otherwise.',
    LABELS,
  ),
  paused: gauge('patroni_is_paused', 'Value is 1 if auto failover is disabled, 0 otherwise.', LABELS),
  state: gauge('patroni_postgres_state', 'Numeric representation of Postgres state.', LABELS),
} as const;

const superseded = gauge(
  'pgfleet_patroni_superseded_timestamp_seconds',
  'When the release line after that of the Patroni came, by the catalog: the older one gets no more fixes, as a rule.',
  LABELS,
);
const patchMissing = gauge(
  'pgfleet_patroni_patch_missing',
  'Whether the release line of the Patroni has a later patch, by the catalog.',
  LABELS,
);

export const collector = {
  name: 'patroni',
  help: 'What Patroni says about its node: role, lock, timeline, pause, pending restart.',
  metrics: [...Object.values(metrics), superseded, patchMissing],
} satisfies CollectorDeclaration;

/** Patroni numbers its states in this order, and promised to keep the numbers. */
const STATES: readonly string[] = [
  'initializing new cluster',
  'initdb failed',
  'running custom bootstrap script',
  'custom bootstrap failed',
  'creating replica',
  'running',
  'starting',
  'starting after custom bootstrap',
  'start failed',
  'restarting',
  'restart failed',
  'stopping',
  'stopped',
  'stop failed',
  'crashed',
];

const count = z.number().nullish();
/** The fields that are read; a flag that is not there is not set. */
const statusSchema = z.object({
  state: z.string(),
  role: z.string(),
  server_version: count,
  postmaster_start_time: z.string().nullish(),
  timeline: count,
  replication_state: z.string().nullish(),
  sync_standby: z.boolean().default(false),
  quorum_standby: z.boolean().default(false),
  cluster_unlocked: z.boolean().default(false),
  failsafe_mode_is_active: z.boolean().default(false),
  pause: z.boolean().default(false),
  pending_restart: z.boolean().default(false),
  dcs_last_seen: count,
  xlog: z
    .object({
      location: count,
      received_location: count,
      replayed_location: count,
      replayed_timestamp: z.string().nullish(),
      paused: z.boolean().nullish(),
    })
    .nullish(),
  patroni: z.object({ version: z.string(), scope: z.string(), name: z.string().default('') }),
});
type Status = z.output<typeof statusSchema>;

/** Samples of the document. Throws ParseError when it is not what GET /patroni promises. */
export function* patroniSamples(
  text: string,
  { components }: Pick<Catalog, 'components'>,
): Generator<Sample> {
  const status = parseStatus(text);
  const { patroni, role, state } = status;
  const xlog: NonNullable<Status['xlog']> = status.xlog ?? {};
  const labels = { scope: patroni.scope, name: patroni.name };
  const isPrimary = role === 'primary' || role === 'master';
  const flag = (set: boolean) => (set ? 1 : 0);
  yield metrics.version(labels, versionNumber(patroni.version));
  yield metrics.running(labels, flag(state === 'running'));
  yield metrics.started(labels, timestamp(status.postmaster_start_time));
  yield metrics.primary(labels, flag(isPrimary));
  yield metrics.master(labels, flag(isPrimary));
  yield metrics.location(labels, xlog.location);
  yield metrics.standbyLeader(labels, flag(role === 'standby_leader'));
  yield metrics.replica(labels, flag(role === 'replica'));
  yield metrics.syncStandby(labels, flag(status.sync_standby));
  yield metrics.quorumStandby(labels, flag(status.quorum_standby));
  yield metrics.received(labels, xlog.received_location);
  yield metrics.replayed(labels, xlog.replayed_location);
  yield metrics.replayedAt(labels, timestamp(xlog.replayed_timestamp));
  yield metrics.replayPaused(labels, flag(xlog.paused === true));
  yield* replicationSamples(status, labels);
  yield metrics.serverVersion(labels, status.server_version);
  yield metrics.unlocked(labels, flag(status.cluster_unlocked));
  yield metrics.failsafe(labels, flag(status.failsafe_mode_is_active));
  yield metrics.timeline(labels, status.timeline);
  yield metrics.dcsLastSeen(labels, status.dcs_last_seen);
  yield metrics.pendingRestart(labels, flag(status.pending_restart));
  yield metrics.paused(labels, flag(status.pause));
  yield metrics.state(labels, STATES.indexOf(state));
  const line = releaseLine(components, 'patroni', patroni.version);
  if (line?.supersededOn !== undefined) yield superseded(labels, line.supersededOn / 1000);
  if (line?.patchMissing !== undefined) yield patchMissing(labels, flag(line.patchMissing));
}

/** Patroni tells it of running standbys since 3.0; where it is silent, nothing is known. */
function* replicationSamples({ replication_state: state }: Status, labels: { scope: string; name: string }) {
  if (state === undefined || state === null) return;
  yield metrics.streaming(labels, state === 'streaming' ? 1 : 0);
  yield metrics.archiveRecovery(labels, state === 'in archive recovery' ? 1 : 0);
}

function parseStatus(text: string): Status {
  try {
    return statusSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ParseError('GET /patroni', 'the status of a Patroni node', text, { cause: error });
  }
}

/** "3.0.2" is 30002, as Patroni pads it. */
function versionNumber(text: string): Value {
  const padded = text
    .split('.')
    .map((part) => part.padStart(2, '0'))
    .join('');
  return /^\d+$/.test(padded) ? Number(padded) : undefined;
}

/** "2024-08-28 19:39:26.352526+00:00" in seconds since the epoch. */
function timestamp(text: string | null | undefined): Value {
  if (text === null || text === undefined) return undefined;
  const milliseconds = Date.parse(text.replace(' ', 'T').replace(/ UTC$/, 'Z'));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
