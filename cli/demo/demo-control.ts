import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PgfleetError } from '../../lib/errors.ts';
import { readDemoState, type ServerPlace } from './demo-state.ts';
import { serverEnvironment } from './initdb.ts';
import { preparePostgres } from './postgres-package.ts';
import { killPostmaster, runningPostmaster } from './postmaster.ts';
import { asAccount } from './server-account.ts';

/** Every server of the demo fleet and whether it runs. */
export async function listDemoServers(
  folder: string,
): Promise<readonly (ServerPlace & { pid: number | undefined })[]> {
  const state = await stateOf(folder);
  return state.servers.map((server) => ({ ...server, pid: runningPostmaster(dataDirOf(server)) }));
}

/** An outage: SIGKILL to the postmaster. Throws PgfleetError `not_found` when the server does not run. */
export async function killDemoServer(folder: string, name: string): Promise<void> {
  const pid = runningPostmaster(dataDirOf(await find(folder, name)));
  if (pid === undefined) throw new PgfleetError('not_found', `${name} does not run`);
  await killPostmaster(pid);
}

/** Starts a server that was killed, as an administrator would: pg_ctl on its data directory. */
export async function startDemoServer(folder: string, name: string): Promise<void> {
  const server = await find(folder, name);
  if (runningPostmaster(dataDirOf(server)) !== undefined) return;
  const { binDir, account } = await preparePostgres(server.major);
  const log = join(server.home, 'server.log');
  try {
    await promisify(execFile)(join(binDir, 'pg_ctl'), ['start', '-w', '-D', dataDirOf(server), '-l', log], {
      cwd: server.home,
      env: serverEnvironment(),
      timeout: 70_000,
      ...asAccount(account),
    });
  } catch (error) {
    throw new PgfleetError('command', `${name} did not start; its log is ${log}`, { cause: error });
  }
}

async function find(folder: string, name: string): Promise<ServerPlace> {
  const { servers } = await stateOf(folder);
  const found = servers.find((server) => server.name === name);
  if (found !== undefined) return found;
  const names = servers.map((server) => server.name).join(', ');
  throw new PgfleetError('not_found', `no demo server ${JSON.stringify(name)}; there are ${names}`);
}

async function stateOf(folder: string) {
  const state = await readDemoState(folder);
  if (state !== undefined) return state;
  throw new PgfleetError(
    'not_found',
    `no demo fleet in ${folder}; \`pgfleet up\` without a pgfleet.yml makes one`,
  );
}

function dataDirOf(server: ServerPlace): string {
  return join(server.home, 'data');
}
