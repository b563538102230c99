import { type PostgresOptions, type PostgresServer, startServer } from './embedded-postgres.ts';
import { copyRunning } from './postgres-copy.ts';

/**
 * Starts a copy of a running server as a server of its own, as somebody does who copies a virtual machine: both have
 * the same system identifier and take writes. Resolves when the clone answers queries.
 */
export function startClone(
  original: PostgresServer,
  options: Omit<PostgresOptions, 'major' | 'auth' | 'superuserPassword'> = {},
): Promise<PostgresServer> {
  const password = original.password === undefined ? {} : { superuserPassword: original.password };
  return startServer(
    {
      ...options,
      ...password,
      settings: { ...original.settings, ...options.settings },
      major: original.major,
    },
    {},
    ({ account }, dataDir) => copyRunning(original, dataDir, account),
  );
}
