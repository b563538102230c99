import { afterAll, beforeAll, describe } from 'vitest';
import {
  type PostgresOptions,
  type PostgresServer,
  startPostgres,
} from '../../cli/demo/embedded-postgres.ts';
import { installedMajors, POSTGRES_MAJORS } from '../../cli/demo/postgres-package.ts';
import { notice } from './notice.ts';

/**
 * Real PostgreSQL servers for tests. In short:
 *
 * ```ts
 * describeMajors('settings', (major) => {          // every installed major, 10 to 18
 *   const server = usePostgres({ major });         // one server for the block, about a second
 *   it('reads', async () => {
 *     await server().query('create table t ()');   // as superuser, own connection
 *     server().port; server().host; server().connection('shop');
 *   });
 * });
 * ```
 *
 * A `PostgresServer` can `stop`, `start`, `restart`, `kill9` (crash), `pause`/`resume` (hang),
 * `configure` + `reload`; `startStandby(primary)` of cli/demo/postgres-standby.ts gives it a
 * streaming replica. Durability is off: nothing here survives a power cut, and nothing needs to.
 */
export function startTestPostgres(options: PostgresOptions): Promise<PostgresServer> {
  return startPostgres({
    ...options,
    settings: {
      fsync: false,
      full_page_writes: false,
      max_wal_size: '128MB',
      // In files of the data directory, so that a crash test leaves nothing in /dev/shm.
      dynamic_shared_memory_type: 'mmap',
      ...options.settings,
    },
  });
}

/** Starts a server before the tests of the enclosing block and stops it after them. */
export function usePostgres(options: PostgresOptions): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startTestPostgres(options);
  });
  afterAll(async () => {
    await server?.stop('immediate');
  });
  return () => {
    if (server === undefined) throw new Error('the server is started in beforeAll: use it inside a test');
    return server;
  };
}

/** A block per major; the majors that cannot run here are named in the closing summary of the test run. */
export function describeMajors(name: string, tests: (major: number) => void): void {
  const installed = installedMajors();
  describe.each(installed)(`${name} on PostgreSQL %i`, tests);
  const missing = POSTGRES_MAJORS.filter((major) => !installed.includes(major));
  if (missing.length === 0) return;
  notice(`${name} on PostgreSQL ${missing.join(', ')}`, 'no server binaries for this platform');
  describe.skip(`${name} on PostgreSQL ${missing.join(', ')}`, () => tests(Math.max(...missing)));
}
