import type { KnownServer } from '../exporters/fleet/technique.ts';
import { postgresTarget } from '../exporters/postgres/config.ts';
import { connect, type PostgresConnection } from '../exporters/postgres/connection.ts';
import type { FleetConfig } from './config.ts';

/** The declared servers for one look around, each with at most one kept session. */
export interface KnownServers {
  readonly servers: readonly KnownServer[];
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 5000;

/** Servers that may be asked: all but the planned ones. Nothing is contacted before the first question. */
export function knownServers(config: FleetConfig, signal: AbortSignal): KnownServers {
  const sessions = new Map<string, Promise<PostgresConnection>>();
  const servers = config.servers
    .filter(({ lifecycle }) => lifecycle !== 'planned')
    .map((server): KnownServer => {
      const target = postgresTarget(server, config.postgres);
      const timeoutMs = target.connectTimeoutSeconds * 1000;
      const open = (database: string) => connect({ target, database, timeoutMs, signal });
      const kept = () => {
        // A failure is kept as well: a server that does not answer is waited for once, not by every technique.
        const session = sessions.get(server.name) ?? open(target.database);
        sessions.set(server.name, session);
        return session;
      };
      return {
        name: server.name,
        place: server.address,
        query: async (sql, database) => {
          if (database === undefined || database === target.database) return ask(await kept(), sql);
          const other = await open(database);
          try {
            return await ask(other, sql);
          } finally {
            await other.end();
          }
        },
      };
    });
  return {
    servers,
    close: async () => {
      const opened = await Promise.allSettled(sessions.values());
      await Promise.all(
        opened.map((session) => (session.status === 'fulfilled' ? session.value.end() : undefined)),
      );
    },
  };
}

async function ask(session: PostgresConnection, sql: string) {
  const [result] = session.run([{ name: 'discovery', sql, timeoutMs: STATEMENT_TIMEOUT_MS }]);
  return (await result)?.rows ?? [];
}
