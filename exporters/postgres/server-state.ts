import type { Sample } from '../../lib/metric.ts';
import type { PostgresConnection } from './connection.ts';
import { PostgresFailure } from './failure.ts';
import type { ServerState } from './health-check.ts';
import { numberOf } from './rows.ts';

const TIMEOUT_MS = 2000;

/**
 * Role and replay lag in one cheap statement. Nothing is left to replay when all that was received is replayed; where
 * WAL also comes from an archive, replay may be ahead of what the receiver last got, and only a running one can tell.
 */
function stateSql(received: string, replayed: string): string {
  return `select in_recovery, in_recovery and receiving as receiving,
  case when in_recovery then case when replayed = received or (replayed > received and receiving) then 0
    else greatest(0, extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())) end end::float8 as lag
from (select pg_is_in_recovery() as in_recovery, ${received}() as received, ${replayed}() as replayed,
  exists (select from pg_stat_wal_receiver where pid is not null) as receiving) as recovery`;
}

/**
 * Asks a server for its role and lag. One that answers with an error is there all the same; it only
 * does not know the functions. Throws PostgresFailure when there is no answer.
 */
export async function askState(connection: PostgresConnection): Promise<ServerState> {
  const sql =
    connection.version < 100_000
      ? stateSql('pg_last_xlog_receive_location', 'pg_last_xlog_replay_location')
      : stateSql('pg_last_wal_receive_lsn', 'pg_last_wal_replay_lsn');
  const [answer] = connection.run([{ name: 'health', sql, timeoutMs: TIMEOUT_MS }]);
  try {
    const [row] = (await answer)?.rows ?? [];
    if (row === undefined) throw new PostgresFailure('protocol', 'health: the answer has no row');
    const role = row['in_recovery'] === true ? 'standby' : 'primary';
    return { role, lagSeconds: numberOf(row, 'lag') ?? undefined, receiving: row['receiving'] === true };
  } catch (error) {
    if (isAnswer(error)) return { role: undefined, lagSeconds: undefined, receiving: undefined };
    throw error;
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof PostgresFailure && error.reason === 'query' && error.sqlState !== undefined;
}

/** The lag that a scrape found; undefined when it found none. */
export function lagSecondsOf(samples: readonly Sample[]): number | undefined {
  return samples.find(({ family }) => family.name === 'pg_replication_lag_seconds')?.value ?? undefined;
}
