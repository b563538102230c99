import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, lstat, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { PgfleetError } from '../../lib/errors.ts';

/** The operating-system user that runs the embedded servers when we ourselves are root. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so root hands its servers to `postgres`, or to `nobody` where
 * no such user exists. Undefined for everybody else: the servers then run as ourselves.
 */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = readFileSync('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new PgfleetError(
    'permission',
    'PostgreSQL refuses to run as root: expected a user postgres or nobody in /etc/passwd, found neither',
  );
}

/** What `spawn` needs to run a program as the account; nothing when we are that user already. */
export function asAccount(account: ServerAccount | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Makes the account the owner of a path; nothing to do when the servers run as ourselves. */
export async function giveTo(account: ServerAccount | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** Whether the account can enter a folder: asked of the kernel, as a rights calculation would miss ACLs. */
export function canEnter(account: ServerAccount | undefined, folder: string): boolean {
  if (account === undefined) return true;
  const result = spawnSync('test', ['-x', folder], { uid: account.uid, gid: account.gid, cwd: '/' });
  if (result.error !== undefined) {
    throw new PgfleetError('permission', `cannot run a program as user ${account.name}`, {
      cause: result.error,
    });
  }
  return result.status === 0;
}

/** A new folder of the account's own below the system's temporary folder. */
export async function temporaryFolder(account: ServerAccount | undefined): Promise<string> {
  const base = [tmpdir(), '/tmp', '/var/tmp'].find((dir) => existsSync(dir) && canEnter(account, dir));
  if (base === undefined) {
    throw new PgfleetError(
      'permission',
      `no temporary folder is open to user ${account?.name ?? 'ourselves'}`,
    );
  }
  const folder = await mkdtemp(join(base, 'pgfleet-'));
  await giveTo(account, folder);
  return folder;
}

/**
 * Where files for the account can lie when the repository is closed to it: one folder per user that
 * starts us, kept between runs. Refuses a folder that somebody else could have prepared.
 */
export async function sharedFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = `/var/tmp/pgfleet-${uid}`;
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0) {
    throw new PgfleetError(
      'permission',
      `${folder}: expected a folder that only user ${uid} can write, found owner ${found.uid}, mode ${(found.mode & 0o7777).toString(8)}`,
    );
  }
  return folder;
}
