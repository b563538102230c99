/**
 * What the backup tools tell, in one shape. A stanza is what the tool keeps backups of: a stanza of
 * pgBackRest, a server of Barman, a configuration of WAL-G.
 */

export const BACKUP_TYPES = ['full', 'diff', 'incr'] as const;
export type BackupType = (typeof BACKUP_TYPES)[number];

export interface Backup {
  readonly type: BackupType;
  /** A failed one cannot be relied on: it broke off, or pages in it are damaged. */
  readonly state: 'good' | 'failed' | 'running';
  /** Seconds since the epoch; undefined where the tool does not say. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Of the data that was backed up. */
  readonly sizeBytes: number | undefined;
  /** What this backup alone takes in the repository. */
  readonly storedBytes: number | undefined;
}

/** Backups and WAL of one stanza in one repository. */
export interface BackupRepository {
  readonly stanza: string;
  /** Key of the repository; empty where the tool has one only. */
  readonly repo: string;
  /** As decimal text, for it does not fit a number. */
  readonly systemIdentifier: string | undefined;
  /** Undefined where the tool does not judge it. */
  readonly ok: boolean | undefined;
  /** What is wrong, in words of a bounded set. */
  readonly problems: readonly string[];
  readonly running: boolean | undefined;
  readonly backups: readonly Backup[];
  /** Where the archived WAL ends. */
  readonly walEndBytes: number | undefined;
  /** WAL files missing between the first and the last one in the archive. */
  readonly walMissingFiles: number | undefined;
}

export const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

/** The position behind a WAL file by its name, "0000000100000A2F000000C4"; undefined for other names. */
export function walFileEnd(name: string | undefined, segmentBytes = DEFAULT_SEGMENT_BYTES) {
  const found = /^[0-9A-F]{8}(?<high>[0-9A-F]{8})(?<segment>[0-9A-F]{8})$/i.exec(name ?? '')?.groups;
  if (found === undefined) return undefined;
  const { high = '', segment = '' } = found;
  return Number.parseInt(high, 16) * 2 ** 32 + (Number.parseInt(segment, 16) + 1) * segmentBytes;
}

/**
 * The JSON in what a tool printed: warnings stand before or behind it, in lines of their own. Whole
 * numbers that a JavaScript number cannot hold become strings. Undefined when there is none.
 */
export function jsonIn(output: string): unknown {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => /^\s*(?:\[\s*(?:[[{\]]|$)|\{)/.test(line));
  if (first === -1) return undefined;
  const last = lines.findLastIndex((line) => /[\]}]\s*$/.test(line));
  const text = lines.slice(first, last + 1).join('\n');
  try {
    return JSON.parse(text.replace(/(?<=":\s{0,4})\d{16,20}(?=\s{0,4}[,}\n])/g, '"$&"'));
  } catch {
    return undefined;
  }
}
