import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { PgfleetError } from '../../lib/errors.ts';
import type { PostgresServer } from './embedded-postgres.ts';
import { giveTo, type ServerAccount } from './server-account.ts';

/**
 * Copies the data directory of a running server by PostgreSQL's low-level backup (the packages ship no
 * pg_basebackup). A server that is started on it recovers to the end of the backup.
 */
export async function copyRunning(
  server: PostgresServer,
  dataDir: string,
  account: ServerAccount | undefined,
): Promise<void> {
  const client = await server.connect();
  try {
    const label = await copyDuringBackup(client, server, dataDir, account);
    await placeFile(join(dataDir, 'backup_label'), label, account);
  } finally {
    await client.end();
  }
}

/** Returns the text of backup_label. The session must live through the whole copy: it holds the backup. */
async function copyDuringBackup(
  client: pg.Client,
  server: PostgresServer,
  dataDir: string,
  account: ServerAccount | undefined,
): Promise<string> {
  const modern = server.major >= 15;
  await client.query(
    modern ? "select pg_backup_start('pgfleet', true)" : "select pg_start_backup('pgfleet', true, false)",
  );
  await copyTree(server.dataDir, dataDir, account, '');
  const stop = modern
    ? 'select labelfile from pg_backup_stop(false)'
    : 'select labelfile from pg_stop_backup(false, false)';
  const { rows } = await client.query<{ labelfile: string }>(stop);
  const label = rows[0]?.labelfile;
  if (label === undefined) {
    throw new PgfleetError('query', `${stop}: expected a backup label, found no row`);
  }
  // The log that the backup needs.
  await copyTree(join(server.dataDir, 'pg_wal'), join(dataDir, 'pg_wal'), account, 'pg_wal');
  return label;
}

/** Folders whose content belongs to the running primary, by PostgreSQL's manual for low-level backups. */
const EMPTIED = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'backup_label',
  'standby.signal',
  'recovery.conf',
]);

async function copyTree(
  from: string,
  to: string,
  account: ServerAccount | undefined,
  below: string,
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  await giveTo(account, to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (below === '' && LEFT_OUT.has(entry.name)) continue;
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await copyFolder(join(from, entry.name), target, account, join(below, entry.name));
    } else if (entry.isFile()) {
      await copyIfThere(join(from, entry.name), target, account);
    }
  }
}

async function copyFolder(
  from: string,
  to: string,
  account: ServerAccount | undefined,
  below: string,
): Promise<void> {
  if (!EMPTIED.has(below)) return copyTree(from, to, account, below);
  await mkdir(to, { recursive: true, mode: 0o700 });
  await giveTo(account, to);
  if (below !== 'pg_wal') return;
  await mkdir(join(to, 'archive_status'), { recursive: true, mode: 0o700 });
  await giveTo(account, join(to, 'archive_status'));
}

/** A file may vanish between listing and copying: the primary goes on working. */
async function copyIfThere(from: string, to: string, account: ServerAccount | undefined): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (await exists(from)) throw error;
    await rm(to, { force: true });
    return;
  }
  await chmod(to, 0o600);
  await giveTo(account, to);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file that the account may read and nobody else. */
export async function placeFile(
  path: string,
  text: string,
  account: ServerAccount | undefined,
): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveTo(account, path);
}
