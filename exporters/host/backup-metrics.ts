import { gauge, type Sample } from '../../lib/metric.ts';
import { BACKUP_TYPES, type Backup, type BackupRepository } from './formats/backup.ts';
import type { ClusterOf } from './host-collector.ts';

/**
 * The metrics of backups, the same for every tool. `cluster` is that of the registry; `stanza` is a
 * stanza of pgBackRest, a server of Barman or a configuration of WAL-G; `repo` is there where a tool
 * keeps several.
 */

const S = ['cluster', 'tool', 'stanza'] as const;
const R = [...S, 'repo'] as const;
const T = [...R, 'type'] as const;

const stanzas = gauge('pgfleet_backup_stanzas', 'Stanzas, servers or configurations that the tool knows.', [
  'tool',
]);
const info = gauge('pgfleet_backup_stanza_info', 'What is backed up, always 1.', [...R, 'system_identifier']);
const lastSuccess = gauge(
  'pgfleet_backup_last_success_timestamp_seconds',
  'When the newest good backup of this type ended.',
  T,
);
const lastDuration = gauge(
  'pgfleet_backup_last_duration_seconds',
  'How long the newest good backup of this type took.',
  T,
);
const lastSize = gauge(
  'pgfleet_backup_last_size_bytes',
  'Size of the data in the newest good backup of this type.',
  T,
);
const lastStored = gauge(
  'pgfleet_backup_last_stored_bytes',
  'What the newest good backup of this type takes in the repository.',
  T,
);
const backups = gauge('pgfleet_backup_backups', 'Good backups of this type that are kept.', T);
const failed = gauge(
  'pgfleet_backup_failed_backups',
  'Backups in the repository that broke off or hold damaged pages.',
  R,
);
const lastFailure = gauge(
  'pgfleet_backup_last_failure_timestamp_seconds',
  'When the newest backup ended that broke off or holds damaged pages.',
  R,
);
const oldest = gauge(
  'pgfleet_backup_oldest_timestamp_seconds',
  'When the oldest good full backup ended: no earlier moment can be restored.',
  R,
);
const running = gauge('pgfleet_backup_running', 'Whether a backup is being made.', S);
const repositoryOk = gauge(
  'pgfleet_backup_repository_ok',
  'Whether the tool finds nothing wrong with the backups and the WAL.',
  R,
);
const problem = gauge('pgfleet_backup_problem', 'What the tool finds wrong, always 1.', [...R, 'problem']);
const walEnd = gauge(
  'pgfleet_backup_wal_archived_position_bytes',
  'Position in the WAL up to which it is archived.',
  R,
);
const walMissing = gauge(
  'pgfleet_backup_wal_missing_files',
  'WAL files missing between the first and the last one that are archived.',
  R,
);

export const BACKUP_METRICS = [
  stanzas,
  info,
  lastSuccess,
  lastDuration,
  lastSize,
  lastStored,
  backups,
  failed,
  lastFailure,
  oldest,
  running,
  repositoryOk,
  problem,
  walEnd,
  walMissing,
];

/** What a tool told about all its stanzas. */
export function* backupSamples(
  tool: string,
  repositories: readonly BackupRepository[],
  clusterOf: ClusterOf,
): Generator<Sample> {
  const byStanza = new Map(repositories.map((repository) => [repository.stanza, repository]));
  yield stanzas({ tool }, byStanza.size);
  for (const one of byStanza.values()) {
    const labels = { cluster: clusterOf(one.stanza), tool, stanza: one.stanza };
    yield running(labels, asNumber(one.running));
  }
  for (const repository of repositories) yield* repositorySamples(tool, repository, clusterOf);
}

function* repositorySamples(
  tool: string,
  repository: BackupRepository,
  clusterOf: ClusterOf,
): Generator<Sample> {
  const { stanza, repo, systemIdentifier } = repository;
  const labels = { cluster: clusterOf(stanza), tool, stanza, repo };
  yield info({ ...labels, system_identifier: systemIdentifier ?? '' }, 1);
  yield repositoryOk(labels, asNumber(repository.ok));
  for (const one of repository.problems) yield problem({ ...labels, problem: one }, 1);
  const broken = repository.backups.filter(({ state }) => state === 'failed');
  yield failed(labels, broken.length);
  yield lastFailure(labels, newest(broken)?.endedAt);
  yield walEnd(labels, repository.walEndBytes);
  yield walMissing(labels, repository.walMissingFiles);
  const good = repository.backups.filter(({ state }) => state === 'good');
  const ends = good.flatMap(({ type, endedAt }) =>
    type === 'full' && endedAt !== undefined ? [endedAt] : [],
  );
  yield oldest(labels, ends.length === 0 ? undefined : Math.min(...ends));
  for (const type of BACKUP_TYPES) {
    const ofType = good.filter((backup) => backup.type === type);
    // A full backup is missed where there is none; the other types not everybody makes.
    if (ofType.length > 0 || type === 'full') yield* typeSamples({ ...labels, type }, ofType);
  }
}

function* typeSamples(labels: Record<(typeof T)[number], string>, ofType: readonly Backup[]) {
  yield backups(labels, ofType.length);
  const last = newest(ofType);
  if (last === undefined) return;
  yield lastSuccess(labels, last.endedAt);
  yield lastDuration(labels, durationOf(last));
  yield lastSize(labels, last.sizeBytes);
  yield lastStored(labels, last.storedBytes);
}

function newest(of: readonly Backup[]): Backup | undefined {
  return of.toSorted((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0)).at(-1);
}

function durationOf({ startedAt, endedAt }: Backup): number | undefined {
  return startedAt === undefined || endedAt === undefined || endedAt < startedAt
    ? undefined
    : endedAt - startedAt;
}

function asNumber(state: boolean | undefined): number | undefined {
  return state === undefined ? undefined : Number(state);
}
