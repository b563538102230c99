import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { PgfleetError } from '../../lib/errors.ts';
import type { Initialise, PostgresOptions } from './embedded-postgres.ts';
import { asAccount, giveTo } from './server-account.ts';

/** Makes a data directory with the superuser `postgres`, encoding UTF8 and locale C, without syncing it to disk. */
export function initdb(options: PostgresOptions): Initialise {
  return async ({ binDir, account }, dataDir) => {
    const auth = options.auth ?? (options.superuserPassword === undefined ? 'trust' : 'scram-sha-256');
    const passwordFile = join(dataDir, '..', 'initdb.password');
    const args = ['-D', dataDir, '-U', 'postgres', '-A', auth, '--no-sync', '--locale=C', '--encoding=UTF8'];
    if (options.superuserPassword !== undefined) {
      await writeFile(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 });
      await giveTo(account, passwordFile);
      args.push(`--pwfile=${passwordFile}`);
    }
    try {
      await promisify(execFile)(join(binDir, 'initdb'), [...args, ...(options.initdbArgs ?? [])], {
        cwd: dataDir,
        env: serverEnvironment(),
        timeout: 60_000,
        ...asAccount(account),
      });
    } catch (error) {
      throw new PgfleetError('command', `initdb of PostgreSQL ${options.major} failed`, { cause: error });
    } finally {
      await rm(passwordFile, { force: true });
    }
  };
}

/** Nothing of the caller's PG* variables, and C for stable messages. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
}
