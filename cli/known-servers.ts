import {
  type KnownPatroni,
  type KnownPooler,
  type KnownServer,
  Refusal,
} from '../exporters/fleet/technique.ts';
import { type PostgresTarget, postgresTarget } from '../exporters/postgres/config.ts';
import { connect, type PostgresConnection } from '../exporters/postgres/connection.ts';
import { PostgresFailure } from '../exporters/postgres/failure.ts';
import { askPatroni } from '../exporters/postgres/patroni/patroni-source.ts';
import { startDeadline, untilAborted } from '../lib/deadline.ts';
import type { FleetConfig } from './config.ts';

/** The declared servers for one look around, each with at most one kept session. */
export interface KnownServers {
  readonly servers: readonly KnownServer[];
  readonly poolers: readonly KnownPooler[];
  readonly patronis: readonly KnownPatroni[];
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 5000;

/** Asks a declared server in its configured database, over a session that is there already. */
export type AskServer = (name: string, sql: string) => Promise<readonly Record<string, unknown>[]>;

/**
 * Servers that may be asked: all but the planned ones. Nothing is contacted before the first question. A process that
 * scrapes them as well gives `ask`, so that no server sees a second session.
 */
export function knownServers(config: FleetConfig, signal: AbortSignal, shared?: AskServer): KnownServers {
  const sessions = new Map<string, Promise<PostgresConnection>>();
  const targets = config.servers
    .filter(({ lifecycle }) => lifecycle !== 'planned')
    .map((server) => postgresTarget(server, config.postgres));
  const opener = (target: PostgresTarget) => (database: string) =>
    connect({ target, database, timeoutMs: target.connectTimeoutSeconds * 1000, signal }).catch(refusal);
  const servers = targets
    .filter(({ kind }) => kind === 'postgres')
    .map((target): KnownServer => {
      const open = opener(target);
      const kept = () => {
        // A failure is kept as well: a server that does not answer is waited for once, not by every technique.
        const session = sessions.get(target.name) ?? open(target.database);
        sessions.set(target.name, session);
        return session;
      };
      const askUsual =
        shared === undefined
          ? async (sql: string) => ask(await kept(), sql)
          : oneByOne((sql) => untilAborted(shared(target.name, sql), signal).catch(refusal));
      return {
        name: target.name,
        place: target.address,
        query: async (sql, database) => {
          if (database === undefined || database === target.database) return askUsual(sql);
          const other = await open(database);
          try {
            return await ask(other, sql);
          } finally {
            await other.end();
          }
        },
      };
    });
  const poolers = targets
    .filter(({ kind }) => kind === 'pgbouncer')
    .map((target): KnownPooler => {
      const show = async (command: string) => {
        const session = await opener(target)(target.database);
        try {
          return (await session.ask('discovery', command)).rows;
        } finally {
          await session.end();
        }
      };
      return { name: target.name, place: target.address, show };
    });
  return {
    servers,
    poolers,
    patronis: targets.flatMap(knownPatroni),
    close: async () => {
      const opened = await Promise.allSettled(sessions.values());
      await Promise.all(
        opened.map((session) => (session.status === 'fulfilled' ? session.value.end() : undefined)),
      );
    },
  };
}

/** The first question goes ahead: a server that does not answer is waited for once, not by every technique. */
function oneByOne<T>(ask: (sql: string) => Promise<T>): (sql: string) => Promise<T> {
  let first: Promise<T> | undefined;
  return async (sql) => {
    if (first === undefined) {
      first = ask(sql);
      return first;
    }
    await first.catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
    return ask(sql);
  };
}

function refusal(error: unknown): never {
  throw answered(error) ? new Refusal(error.code, error.message, { cause: error }) : error;
}

/** Whether somebody at the other end said no, and not the network or the time. */
function answered(error: unknown): error is PostgresFailure {
  if (!(error instanceof PostgresFailure)) return false;
  return error.sqlState !== undefined || error.reason === 'authentication' || error.reason === 'tls';
}

function knownPatroni({ name, address: place, patroni }: PostgresTarget): KnownPatroni[] {
  if (patroni === undefined) return [];
  const cluster = async (signal: AbortSignal) => {
    const deadline = startDeadline(STATEMENT_TIMEOUT_MS, signal);
    try {
      return await askPatroni(patroni, '/cluster', deadline.signal);
    } finally {
      deadline.clear();
    }
  };
  return [{ name, place, cluster }];
}

async function ask(session: PostgresConnection, sql: string) {
  const [result] = session.run([{ name: 'discovery', sql, timeoutMs: STATEMENT_TIMEOUT_MS }]);
  return (await result)?.rows ?? [];
}
