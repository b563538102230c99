import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../cli/demo/free-port.ts';
import { findProgram } from '../../cli/up/find-program.ts';

/** Started as root it wants this account, which the Debian package makes and an unpacked one lacks. */
const OWN_USER = 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin';

/** sshd of the system or of the tools folder; undefined when there is none that can run here. */
export function findSshd(): string | undefined {
  return lacksOwnUser() && !canBind() ? undefined : findProgram('sshd');
}

/** The text of a passwd file, with the account of sshd. */
export function withSshdUser(passwd: string): string {
  return /^sshd:/m.test(passwd) ? passwd : `${passwd}${OWN_USER}\n`;
}

function lacksOwnUser(): boolean {
  return process.getuid?.() === 0 && !/^sshd:/m.test(readFileSync('/etc/passwd', 'utf8'));
}

export interface Sshd {
  readonly port: number;
  /** Its files; `clientKey` is a private key it accepts. */
  readonly folder: string;
  readonly clientKey: string;
  /** "ssh-ed25519 AAAA...", as in the .pub file. */
  readonly hostKey: string;
  readonly user: string;
  /** Freezes it: packets are still taken and nobody answers. */
  pause(): void;
  resume(): void;
  /** Cuts every connection without stopping the server. */
  cutConnections(): void;
  stop(): Promise<void>;
}

export interface SshdOptions {
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  readonly port?: number;
  /** Files and folders it sees in place of others of the machine, in a mount namespace of its own: needs root. */
  readonly binds?: readonly (readonly [file: string, place: string])[];
}

/** Whether `binds` works here: root may be without the right to mount, in a container for instance. */
export function canBind(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '--bind', '/etc/hostname', '/etc/hosts']).status === 0;
}

/** A real sshd on loopback, with its own keys and configuration, that logs in the user of the tests. */
export async function startSshd(
  binary: string,
  { config = [], port: wanted, binds = [] }: SshdOptions = {},
): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'pgfleet-sshd-'));
  const clientKey = join(folder, 'client');
  keygen(clientKey);
  keygen(join(folder, 'host'));
  const port = wanted ?? (await freePort());
  const authorized = join(folder, 'authorized_keys');
  await writeFile(authorized, await readFile(`${clientKey}.pub`), { mode: 0o644 });
  const text = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${authorized}`,
    `PidFile ${join(folder, 'pid')}`,
    'StrictModes no',
    // Of a keyword given twice, sshd takes the first.
    ...config,
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
  ];
  await writeFile(join(folder, 'config'), `${text.join('\n')}\n`);
  // Started as root it wants this folder, which the Debian service would make.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const command = [binary, '-D', '-e', '-f', join(folder, 'config')];
  const mounts = [...(await ownUser(folder, binds)), ...binds].flat();
  const [file = '', ...args] = mounts.length === 0 ? command : [...IN_NAMESPACE, ...mounts, '--', ...command];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  await listening(child, port);
  await chmod(folder, 0o755);
  return {
    port,
    folder,
    clientKey,
    hostKey: (await readFile(join(folder, 'host.pub'), 'utf8')).split(' ').slice(0, 2).join(' '),
    user: userInfo().username,
    pause: () => signalTree(child, 'SIGSTOP'),
    resume: () => signalTree(child, 'SIGCONT'),
    cutConnections: () => signalChildren(child, 'SIGKILL'),
    stop: async () => {
      signalTree(child, 'SIGCONT');
      signalTree(child, 'SIGKILL');
      running.delete(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A passwd file with the account of sshd, where the machine has none and the test brings none. */
async function ownUser(
  folder: string,
  binds: NonNullable<SshdOptions['binds']>,
): Promise<NonNullable<SshdOptions['binds']>> {
  const place = '/etc/passwd';
  if (!lacksOwnUser() || binds.some(([, bound]) => bound === place)) return [];
  const file = join(folder, 'passwd');
  await writeFile(file, withSshdUser(await readFile(place, 'utf8')));
  await chmod(folder, 0o755);
  return [[file, place]];
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const IN_NAMESPACE = [
  ...['unshare', '-m', 'sh', '-c'],
  'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 1; shift 2; done; shift; exec "$@"',
  'sh',
];

/** A new key pair without passphrase at `file` and `file.pub`. */
export function keygen(file: string, type = 'ed25519', passphrase = ''): void {
  const args = [
    '-q',
    '-t',
    type,
    '-N',
    passphrase,
    '-f',
    file,
    ...(type === 'rsa' ? ['-b', '2048', '-m', 'PEM'] : []),
  ];
  const { status, stderr } = spawnSync('ssh-keygen', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  for (let tries = 0; tries < 100; tries += 1) {
    if (log.includes(`listening on 127.0.0.1 port ${port}`)) return;
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  throw new Error(`sshd did not start: ${log}`);
}

function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  signalChildren(child, signal);
  child.kill(signal);
}

function signalChildren(child: ChildProcess, signal: NodeJS.Signals): void {
  for (const pid of descendants(child.pid ?? 0)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

function descendants(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const of = (parent: number): number[] =>
    pairs.flatMap(([own = 0, its = -1]) => (its === parent ? [own, ...of(own)] : []));
  return of(pid);
}
