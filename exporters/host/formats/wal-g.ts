import { z } from 'zod';
import { ParseError } from '../../../lib/errors.ts';
import { type Backup, type BackupRepository, jsonIn, walFileEnd } from './backup.ts';
import { maybe, number, readAll } from './json-fields.ts';

const moment = maybe(z.iso.datetime({ offset: true }).transform((at) => Date.parse(at) / 1000));

const backupSchema = z.object({
  backup_name: z.string(),
  start_time: moment,
  finish_time: moment,
  uncompressed_size: number,
  compressed_size: number,
  system_identifier: maybe(z.union([z.string(), z.number()]).transform(String)),
});
const timelineSchema = z.object({
  id: z.number(),
  end_segment: z.string(),
  missing_segments: z.array(z.string()).nullable(),
});

/** What the archive holds; undefined where nobody told. */
export type WalArchive = Pick<BackupRepository, 'walEndBytes' | 'walMissingFiles'>;

const NO_WAL: WalArchive = { walEndBytes: undefined, walMissingFiles: undefined };

/** Reads `wal-g backup-list --detail --json` of one configuration. Throws ParseError for anything else. */
export function walGRepository(
  stanza: string,
  output: string,
  wal: WalArchive | undefined,
): BackupRepository {
  const found = listIn('wal-g backup-list', output, backupSchema);
  const last = found.toSorted((one, other) => (one.finish_time ?? 0) - (other.finish_time ?? 0)).at(-1);
  return {
    stanza,
    repo: '',
    systemIdentifier: last?.system_identifier,
    ok: undefined,
    problems: [],
    running: undefined,
    backups: found.map(backupOf),
    ...(wal ?? NO_WAL),
  };
}

function backupOf(backup: z.infer<typeof backupSchema>): Backup {
  return {
    // A delta is named after the one it builds on: base_..._D_....
    type: backup.backup_name.includes('_D_') ? 'incr' : 'full',
    // Only what was finished is listed.
    state: 'good',
    startedAt: backup.start_time,
    endedAt: backup.finish_time,
    sizeBytes: backup.uncompressed_size,
    storedBytes: backup.compressed_size,
  };
}

/** Reads `wal-g wal-show --detailed-json`; undefined for undefined. Throws ParseError for anything else. */
export function walIn(output: string | undefined): WalArchive | undefined {
  if (output === undefined) return undefined;
  const timelines = listIn('wal-g wal-show', output, timelineSchema);
  const last = timelines.toSorted((one, other) => one.id - other.id).at(-1);
  const missing = timelines.map(({ missing_segments: files }) => files?.length ?? 0);
  return {
    walEndBytes: walFileEnd(last?.end_segment),
    walMissingFiles: missing.reduce((sum, count) => sum + count, 0),
  };
}

function listIn<T>(what: string, output: string, schema: z.ZodType<T>): T[] {
  const document = jsonIn(output);
  // Some versions say it in words, others with an empty list or null.
  if (document === undefined && (/no (?:backups|wal\S*) found/i.test(output) || output.trim() === 'null'))
    return [];
  if (!Array.isArray(document)) throw new ParseError(what, 'a JSON list', output);
  const items = readAll(document, schema);
  if (items.length < document.length) throw new ParseError(what, 'names in every item', output);
  return items;
}
