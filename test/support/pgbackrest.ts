import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresServer } from '../../cli/demo/embedded-postgres.ts';
import { asAccount, canEnter, giveTo, serverAccount } from '../../cli/demo/server-account.ts';
import { findProgram } from '../../cli/up/find-program.ts';

const run = promisify(execFile);

/** pgBackRest on this machine; undefined when there is none, and its tests are skipped with a notice. */
export function findPgbackrest(): string | undefined {
  const program = findProgram('pgbackrest');
  return program !== undefined && canEnter(serverAccount(), join(program, '..')) ? program : undefined;
}

/** A real pgBackRest with two repositories, beside a server that archives to it. */
export interface TestPgbackrest {
  /** What stands for / in a capture: its pgbackrest reads this configuration. */
  readonly root: string;
  readonly folder: string;
  /** For the settings of the server. */
  readonly archiveCommand: string;
  configure(server: PostgresServer): void;
  /** Runs a command of it as the user of the server. */
  command(...args: string[]): Promise<string>;
  remove(): void;
}

export async function preparePgbackrest(program: string, stanza: string): Promise<TestPgbackrest> {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-pgbackrest-'));
  chmodSync(folder, 0o755);
  for (const name of ['repo1', 'repo2', 'lock', 'spool', 'root/usr/bin']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  for (const name of ['repo1', 'repo2', 'lock', 'spool']) await giveTo(account, join(folder, name));
  const file = join(folder, 'pgbackrest.conf');
  const script = `#!/bin/sh\nexec ${program} --config=${file} "$@"\n`;
  writeFileSync(join(folder, 'root/usr/bin/pgbackrest'), script, { mode: 0o755 });
  return {
    root: join(folder, 'root'),
    folder,
    archiveCommand: `${program} --config=${file} --stanza=${stanza} archive-push %p`,
    configure: (server) => writeFileSync(file, configuration(folder, stanza, server)),
    command: async (...args) => {
      const options = { cwd: folder, ...asAccount(account) };
      const { stdout } = await run(program, [`--config=${file}`, `--stanza=${stanza}`, ...args], options);
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configuration(folder: string, stanza: string, server: PostgresServer): string {
  return `[global]
repo1-path=${folder}/repo1
repo2-path=${folder}/repo2
log-level-file=off
lock-path=${folder}/lock
spool-path=${folder}/spool
start-fast=y
archive-timeout=60
[${stanza}]
pg1-path=${server.dataDir}
pg1-port=${server.port}
pg1-socket-path=${server.socketDir}
pg1-user=${server.user}
`;
}
