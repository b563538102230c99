import { chmod, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { PgfleetError } from '../../lib/errors.ts';
import {
  type Initialise,
  type PostgresOptions,
  type PostgresServer,
  quoteSetting,
  startServer,
} from './embedded-postgres.ts';
import { giveTo, type ServerAccount } from './server-account.ts';

export interface StandbyOptions extends Omit<PostgresOptions, 'major' | 'auth' | 'superuserPassword'> {
  /** How the standby names itself in pg_stat_replication. Default: "standby". */
  readonly applicationName?: string;
  /** A replication slot of the primary, created when missing. Default: none. */
  readonly slot?: string;
}

/**
 * Starts a streaming replica of a running primary: PostgreSQL's low-level backup (the packages ship
 * no pg_basebackup), then a server that streams. Resolves when the standby answers queries.
 */
export async function startStandby(
  primary: PostgresServer,
  options: StandbyOptions = {},
): Promise<PostgresServer> {
  if (options.slot !== undefined) await ensureSlot(primary, options.slot);
  const recovery = recoverySettings(primary, options);
  const modern = primary.major >= 12;
  const password = primary.password === undefined ? {} : { superuserPassword: primary.password };
  return startServer(
    // A hot standby refuses to start with fewer connections, workers and locks than its primary.
    { ...options, ...password, settings: { ...primary.settings, ...options.settings }, major: primary.major },
    modern ? recovery : {},
    copyOf(primary, modern ? undefined : recovery),
  );
}

function recoverySettings(primary: PostgresServer, options: StandbyOptions): Record<string, string> {
  const conninfo: Record<string, string> = {
    host: primary.host,
    port: String(primary.port),
    user: primary.user,
    application_name: options.applicationName ?? 'standby',
    ...(primary.password === undefined ? {} : { password: primary.password }),
  };
  const primaryConninfo = Object.entries(conninfo)
    .map(([key, value]) => `${key}='${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`)
    .join(' ');
  return {
    primary_conninfo: primaryConninfo,
    recovery_target_timeline: 'latest',
    ...(options.slot === undefined ? {} : { primary_slot_name: options.slot }),
  };
}

async function ensureSlot(primary: PostgresServer, slot: string): Promise<void> {
  await primary.query(
    `select pg_create_physical_replication_slot($1)
      where not exists (select from pg_replication_slots where slot_name = $1)`,
    [slot],
  );
}

function copyOf(primary: PostgresServer, recoveryConf: Record<string, string> | undefined): Initialise {
  return async ({ account }, dataDir) => {
    const client = await primary.connect();
    try {
      const label = await copyDuringBackup(client, primary, dataDir, account);
      await placeFile(join(dataDir, 'backup_label'), label, account);
    } finally {
      await client.end();
    }
    // Before 12 recovery has a file of its own; since then its settings are ordinary ones.
    if (recoveryConf === undefined) await placeFile(join(dataDir, 'standby.signal'), '', account);
    else await placeFile(join(dataDir, 'recovery.conf'), recoveryFile(recoveryConf), account);
  };
}

function recoveryFile(settings: Record<string, string>): string {
  const lines = Object.entries({ standby_mode: 'on', ...settings });
  return lines.map(([name, value]) => `${name} = ${quoteSetting(value)}\n`).join('');
}

/** Returns the text of backup_label. The session must live through the whole copy: it holds the backup. */
async function copyDuringBackup(
  client: pg.Client,
  primary: PostgresServer,
  dataDir: string,
  account: ServerAccount | undefined,
): Promise<string> {
  const modern = primary.major >= 15;
  await client.query(
    modern ? "select pg_backup_start('pgfleet', true)" : "select pg_start_backup('pgfleet', true, false)",
  );
  await copyTree(primary.dataDir, dataDir, account, '');
  const stop = modern
    ? 'select labelfile from pg_backup_stop(false)'
    : 'select labelfile from pg_stop_backup(false, false)';
  const { rows } = await client.query<{ labelfile: string }>(stop);
  const label = rows[0]?.labelfile;
  if (label === undefined) {
    throw new PgfleetError('query', `${stop}: expected a backup label, found no row`);
  }
  // The log that the backup needs: the standby streams the rest.
  await copyTree(join(primary.dataDir, 'pg_wal'), join(dataDir, 'pg_wal'), account, 'pg_wal');
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

async function placeFile(path: string, text: string, account: ServerAccount | undefined): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveTo(account, path);
}
