import { z } from 'zod';
import { ParseError } from '../../../lib/errors.ts';
import { type Backup, type BackupRepository, DEFAULT_SEGMENT_BYTES, jsonIn, walFileEnd } from './backup.ts';
import { list, maybe, number, readAll, text } from './json-fields.ts';

/** A number, or one so large that it is kept as text. */
const identifier = maybe(z.union([z.string(), z.number()]).transform(String));
/** Before 2.32 there was one repository, and no key. */
const placeSchema = z.object({ id: z.number(), 'repo-key': z.number().default(1) });
const statusSchema = z.object({ code: z.number() });

const stanzaSchema = z.object({
  name: z.string().min(1),
  status: z.object({
    code: z.number(),
    lock: maybe(z.object({ backup: maybe(z.object({ held: maybe(z.boolean()) })) })),
  }),
  repo: list,
  db: list,
  archive: list,
  backup: list,
});

const repoSchema = z.object({ key: z.number(), status: statusSchema });
const databaseSchema = placeSchema.extend({ 'system-id': identifier });
const archiveSchema = z.object({ database: placeSchema, max: text });
const backupSchema = z.object({
  database: placeSchema,
  type: z.enum(['full', 'diff', 'incr']),
  error: maybe(z.boolean()),
  timestamp: z.object({ start: z.number(), stop: z.number() }),
  archive: maybe(z.object({ start: text, stop: text })),
  lsn: maybe(z.object({ start: text, stop: text })),
  info: maybe(z.object({ size: number, repository: maybe(z.object({ delta: number })) })),
});
type StanzaBackup = z.infer<typeof backupSchema>;
type Stanza = z.infer<typeof stanzaSchema>;

/** https://pgbackrest.org/command.html#command-info, the codes of its `status`. */
const PROBLEMS: Readonly<Record<number, string>> = {
  1: 'missing_stanza_path',
  2: 'no_backup',
  3: 'missing_stanza_data',
  4: 'repositories_differ',
  5: 'database_mismatch',
  6: 'backup_missing',
};

/** Reads `pgbackrest info --output=json`. Throws ParseError when the output has none. */
export function parsePgbackrest(output: string): BackupRepository[] {
  const document = jsonIn(output);
  if (!Array.isArray(document)) throw new ParseError('pgbackrest info', 'a JSON list of stanzas', output);
  const stanzas = readAll(document, stanzaSchema);
  if (stanzas.length < document.length) {
    throw new ParseError('pgbackrest info', 'stanzas with a name and a status', JSON.stringify(document));
  }
  return stanzas.flatMap(repositoriesOf);
}

function repositoriesOf(stanza: Stanza): BackupRepository[] {
  const repos = readAll(stanza.repo, repoSchema);
  return repos.length === 0
    ? [repositoryOf(stanza, { key: 1, status: stanza.status })]
    : repos.map((repo) => repositoryOf(stanza, repo));
}

function repositoryOf(stanza: Stanza, { key, status }: z.infer<typeof repoSchema>): BackupRepository {
  // After an upgrade of PostgreSQL the backups of its predecessor stay: they restore another cluster.
  const database = readAll(stanza.db, databaseSchema)
    .filter((one) => one['repo-key'] === key)
    .toSorted((one, other) => one.id - other.id)
    .at(-1);
  const isHere = (place: z.infer<typeof placeSchema>) =>
    place['repo-key'] === key && place.id === database?.id;
  const backups = readAll(stanza.backup, backupSchema).filter((backup) => isHere(backup.database));
  const archived = readAll(stanza.archive, archiveSchema).find((archive) => isHere(archive.database));
  return {
    stanza: stanza.name,
    repo: String(key),
    systemIdentifier: database?.['system-id'],
    ok: status.code === 0,
    problems: status.code === 0 ? [] : [PROBLEMS[status.code] ?? 'other'],
    running: stanza.status.lock?.backup?.held,
    backups: backups.map(backupOf),
    walEndBytes: walFileEnd(archived?.max, segmentBytesOf(backups)),
    walMissingFiles: undefined,
  };
}

function backupOf({ type, error, timestamp, info }: StanzaBackup): Backup {
  return {
    type,
    state: error === true ? 'failed' : 'good',
    startedAt: timestamp.start,
    endedAt: timestamp.stop,
    sizeBytes: info?.size,
    storedBytes: info?.repository?.delta,
  };
}

const SEGMENT_SIZES = [16, 64, 1, 2, 4, 8, 32, 128, 256, 512, 1024].map((mebi) => mebi * 1024 * 1024);

/** The size of WAL files is not told: it is the one with which positions fall into the files named beside them. */
function segmentBytesOf(backups: readonly StanzaBackup[]): number {
  const pairs = backups.flatMap(({ archive, lsn }) => [
    [archive?.start, lsn?.start] as const,
    [archive?.stop, lsn?.stop] as const,
  ]);
  const known = pairs.flatMap(([file, position]) => {
    const low = /^[0-9A-F]{1,8}\/(?<low>[0-9A-F]{1,8})$/i.exec(position ?? '')?.groups?.['low'];
    return file === undefined || low === undefined
      ? []
      : [{ segment: Number.parseInt(file.slice(16), 16), low: Number.parseInt(low, 16) }];
  });
  // A position at the very end of a file may be counted to the next one.
  const fits = (size: number) =>
    known.every(({ segment, low }) => Math.floor(low / size) === segment || low === (segment + 1) * size);
  return SEGMENT_SIZES.find(fits) ?? DEFAULT_SEGMENT_BYTES;
}
