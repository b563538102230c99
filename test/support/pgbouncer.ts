import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../cli/demo/free-port.ts';
import { asAccount, canEnter, giveTo, serverAccount } from '../../cli/demo/server-account.ts';
import { findProgram } from '../../cli/up/find-program.ts';

/** A real PgBouncer on loopback. */
export interface TestPgbouncer {
  readonly port: number;
  readonly iniFile: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** PgBouncer on this machine; undefined when there is none, and its tests are skipped with a notice. */
export function findPgbouncer(): string | undefined {
  const program = findProgram('pgbouncer');
  if (program === undefined) return undefined;
  // It refuses to run as root, so another user must be able to reach it.
  return canEnter(serverAccount(), dirname(program)) ? program : undefined;
}

/** Starts it with the given lines of `[databases]`; everybody may log in. */
export async function startPgbouncer(program: string, databases: readonly string[]): Promise<TestPgbouncer> {
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const iniFile = join(folder, 'pgbouncer.ini');
  const logFile = join(folder, 'pgbouncer.log');
  const settings = [
    `listen_addr = 127.0.0.1`,
    `listen_port = ${port}`,
    `unix_socket_dir =`,
    `auth_type = any`,
    `logfile = ${logFile}`,
    'admin_users = postgres',
  ];
  writeFileSync(iniFile, ['[databases]', ...databases, '[pgbouncer]', ...settings, ''].join('\n'));
  writeFileSync(logFile, '');
  await giveTo(account, folder);
  await giveTo(account, logFile);
  const child = spawn(program, [iniFile], { stdio: 'ignore', cwd: folder, ...asAccount(account) });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilItListens(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, iniFile, logFile, stop };
}

async function untilItListens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error(`PgBouncer did not listen on port ${port} within 5 s`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
