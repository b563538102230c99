import { formatAddress } from '../../lib/config.ts';
import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import type { PostgresTarget } from './config.ts';
import { connect, type PostgresConnection } from './connection.ts';
import { factsSql, foreignFacts, isSupported, privilegesWanted, type ServerFacts } from './facts.ts';
import { classify, type PostgresFailure } from './failure.ts';
import { createUserSql, grantSql } from './grant-sql.ts';
import { learnFacts } from './learn-facts.ts';
import { versionOf } from './pgbouncer/pgbouncer-probe.ts';
import { type Plan, planCollectors, type Skipped } from './planner.ts';
import type { PostgresCollector } from './postgres-collector.ts';

const CHECK_MS = 10_000;

/** What `pgfleet check` says about a server. */
export interface TargetCheck {
  readonly target: string;
  /** Why it could not be reached or read; undefined when it answered. */
  readonly failure: PostgresFailure | undefined;
  readonly facts: ServerFacts | undefined;
  /** Whether the collectors know the product and version. */
  readonly supported: boolean;
  /** Collectors that lack a privilege or an extension, each with what is missing. */
  readonly lacking: readonly Skipped[];
  /** SQL for a superuser to run, so that nothing is missing any more. */
  readonly sql: readonly string[];
}

/** Connects once, on a connection of its own, and compares what the user may do with what the collectors need. */
export async function checkTarget(
  target: PostgresTarget,
  collectors: readonly PostgresCollector[],
): Promise<TargetCheck> {
  const deadline = startDeadline(CHECK_MS);
  let connection: PostgresConnection | undefined;
  try {
    const timeoutMs = target.connectTimeoutSeconds * 1000;
    const pooled = target.kind === 'pgbouncer';
    const { signal } = deadline;
    connection = await connect({ target, database: target.database, timeoutMs, signal, pooled });
    if (pooled) return await checkConsole(target, connection, signal);
    const facts = await learnFacts(connection, {
      sql: factsSql(privilegesWanted(collectors)),
      server: formatAddress(target.address),
      endsAt: performance.now() + CHECK_MS,
    });
    return judge(target, facts, planCollectors(collectors, facts, target));
  } catch (error) {
    const failure = classify(error, `checking ${target.name}`);
    // The version is unknown here; every one that is still supported has the predefined roles.
    const sql = failure.reason === 'authentication' ? createUserSql(target.user, 100_000) : [];
    return { target: target.name, failure, facts: undefined, supported: false, lacking: [], sql };
  } finally {
    deadline.clear();
    await connection?.end();
  }
}

/** Whoever may log in to the console may read everything in it. */
async function checkConsole(
  target: PostgresTarget,
  connection: PostgresConnection,
  signal: AbortSignal,
): Promise<TargetCheck> {
  await untilAborted(versionOf(connection), signal);
  const [server, reported] = [formatAddress(target.address), connection.reported('server_version') ?? ''];
  const facts = { ...foreignFacts(reported, connection.version, server), user: target.user };
  return { target: target.name, failure: undefined, facts, supported: true, lacking: [], sql: [] };
}

function judge(target: PostgresTarget, facts: ServerFacts, plan: Plan): TargetCheck {
  const lacking = plan.skipped.filter(({ reason }) => reason === 'permission' || reason === 'extension');
  const denied = lacking.filter(({ reason }) => reason === 'permission');
  return {
    target: target.name,
    failure: undefined,
    facts,
    supported: isSupported(facts),
    lacking,
    sql: grantSql(facts, privilegesWanted(denied.map(({ collector }) => collector))),
  };
}
