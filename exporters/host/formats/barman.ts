import { z } from 'zod';
import { ParseError } from '../../../lib/errors.ts';
import { type Backup, type BackupRepository, jsonIn } from './backup.ts';
import { list, maybe, number, readAll, text } from './json-fields.ts';

const backupSchema = z.object({
  backup_id: z.string(),
  status: z.string(),
  /** Of 3.11 and later. */
  backup_type: text,
  end_time_timestamp: maybe(z.coerce.number().int().positive()),
  size_bytes: number,
});
const catalogSchema = z.record(z.string(), list);
const checkSchema = z.object({ status: z.string() });
const checksSchema = z.record(z.string(), z.record(z.string(), checkSchema));

/** What `barman check` said of one server. */
interface Checks {
  readonly ok: boolean;
  readonly problems: readonly string[];
}

/**
 * Reads `barman -f json list-backup all` and `barman -f json check all`; the second may be missing.
 * The zone is that of the host, for a backup is named after the local time it began. Throws ParseError
 * when what is given is not what these print.
 */
export function parseBarman(
  given: { readonly backups: string; readonly check: string | undefined },
  zoneOffsetSeconds: number | undefined,
): BackupRepository[] {
  const catalog = catalogSchema.safeParse(jsonIn(given.backups));
  if (!catalog.success || Object.keys(catalog.data).some((name) => name.startsWith('_'))) {
    throw new ParseError('barman list-backup', 'a JSON object of servers', given.backups);
  }
  const checks = given.check === undefined ? new Map<string, Checks>() : parseChecks(given.check);
  return Object.entries(catalog.data).map(([server, backups]) => ({
    stanza: server,
    repo: '',
    systemIdentifier: undefined,
    ok: checks.get(server)?.ok,
    problems: checks.get(server)?.problems ?? [],
    running: readAll(backups, backupSchema).some(({ status }) => RUNNING.has(status)),
    backups: readAll(backups, backupSchema).map((backup) => backupOf(backup, zoneOffsetSeconds)),
    walEndBytes: undefined,
    walMissingFiles: undefined,
  }));
}

function parseChecks(output: string): Map<string, Checks> {
  const document = checksSchema.safeParse(jsonIn(output));
  if (!document.success) throw new ParseError('barman check', 'a JSON object of servers', output);
  return new Map(
    Object.entries(document.data).map(([server, checks]) => {
      const problems = Object.entries(checks).flatMap(([name, { status }]) =>
        status === 'OK' ? [] : [name],
      );
      return [server, { ok: problems.length === 0, problems: problems.filter(isBounded) }];
    }),
  );
}

/** Names of checks are words of Barman's own. */
function isBounded(name: string): boolean {
  return /^[a-z0-9_]{1,64}$/.test(name);
}

const RUNNING: ReadonlySet<string> = new Set(['STARTED', 'EMPTY', 'SYNCING']);

function backupOf(backup: z.infer<typeof backupSchema>, zoneOffsetSeconds: number | undefined): Backup {
  const startedAt = beginOf(backup.backup_id, zoneOffsetSeconds);
  const failed = backup.status === 'FAILED';
  return {
    type: backup.backup_type === 'incremental' ? 'incr' : 'full',
    // Until its WAL is there too (WAITING_FOR_WALS) it cannot be restored.
    state: failed ? 'failed' : backup.status === 'DONE' ? 'good' : 'running',
    startedAt,
    // Of a failed one only the beginning is told.
    endedAt: failed ? startedAt : backup.end_time_timestamp,
    sizeBytes: undefined,
    storedBytes: backup.size_bytes,
  };
}

/** "20261128T164219" in seconds since the epoch. */
function beginOf(id: string, zoneOffsetSeconds: number | undefined): number | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(id);
  if (found === null || zoneOffsetSeconds === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - zoneOffsetSeconds;
}
