import { join } from 'node:path';
import {
  type Initialise,
  type PostgresOptions,
  type PostgresServer,
  quoteSetting,
  startServer,
} from './embedded-postgres.ts';
import { copyRunning, placeFile } from './postgres-copy.ts';

export interface StandbyOptions extends Omit<PostgresOptions, 'major' | 'auth' | 'superuserPassword'> {
  /** How the standby names itself in pg_stat_replication. Default: "standby". */
  readonly applicationName?: string;
  /** A replication slot of the primary, created when missing. Default: none. */
  readonly slot?: string;
}

/**
 * Starts a streaming replica of a running primary: a copy of it, then a server that streams. Resolves when the
 * standby answers queries.
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
    await copyRunning(primary, dataDir, account);
    // Before 12 recovery has a file of its own; since then its settings are ordinary ones.
    if (recoveryConf === undefined) await placeFile(join(dataDir, 'standby.signal'), '', account);
    else await placeFile(join(dataDir, 'recovery.conf'), recoveryFile(recoveryConf), account);
  };
}

function recoveryFile(settings: Record<string, string>): string {
  const lines = Object.entries({ standby_mode: 'on', ...settings });
  return lines.map(([name, value]) => `${name} = ${quoteSetting(value)}\n`).join('');
}
