/**
 * Source: the first messages of the PostgreSQL protocol, before any user is named
 *         https://www.postgresql.org/docs/current/protocol-message-formats.html
 * Shape:  8 bytes are sent: length, code; the answer is one letter, or an ErrorResponse
 *         "E" int32 length (letter text NUL)* NUL
 */

/** Asks for TLS. PostgreSQL, PgBouncer and their relatives answer `S` or `N` and log nothing. */
export const SSL_REQUEST = message(1234, 5679);
/** Asks for GSSAPI encryption: PostgreSQL 12 and later answer `G` or `N`, earlier ones an error. */
export const GSS_REQUEST = message(1234, 5680);
/** A protocol version that nobody has: the error tells which ones the server knows, and costs one line of its log. */
export const UNKNOWN_VERSION = message(255, 255);

/** Longest answer that is read; an ErrorResponse before authentication has a few hundred bytes. */
export const MAX_ANSWER_BYTES = 8192;

function message(major: number, minor: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeInt32BE(8, 0);
  bytes.writeUInt16BE(major, 4);
  bytes.writeUInt16BE(minor, 6);
  return bytes;
}

/** Fields of an ErrorResponse by letter (C: code, M: message, F: file, V: severity). */
export type ErrorFields = ReadonlyMap<string, string>;

/** What the bytes received so far are; `more`: the message is not complete yet. */
export type StartupAnswer =
  | { readonly kind: 'tls' | 'no-tls' | 'gss' | 'more' | 'foreign' }
  | { readonly kind: 'error'; readonly fields: ErrorFields };

/** Reads the answer to one of the requests. Extra bytes after a letter are foreign: PostgreSQL waits for its turn. */
export function readStartupAnswer(bytes: Uint8Array): StartupAnswer {
  if (bytes.length === 0) return { kind: 'more' };
  const letter = String.fromCharCode(bytes[0] ?? 0);
  if (letter === 'E') return readError(Buffer.from(bytes));
  if (bytes.length > 1) return { kind: 'foreign' };
  if (letter === 'S') return { kind: 'tls' };
  if (letter === 'N') return { kind: 'no-tls' };
  return { kind: letter === 'G' ? 'gss' : 'foreign' };
}

function readError(bytes: Buffer): StartupAnswer {
  if (bytes.length < 5) return { kind: 'more' };
  const length = bytes.readInt32BE(1);
  if (length < 5 || length + 1 > MAX_ANSWER_BYTES) return { kind: 'foreign' };
  if (bytes.length < length + 1) return { kind: 'more' };
  const fields = new Map<string, string>();
  let at = 5;
  while (at <= length && bytes[at] !== 0) {
    const end = bytes.indexOf(0, at);
    if (end === -1 || end > length) return { kind: 'foreign' };
    fields.set(String.fromCharCode(bytes[at] ?? 0), bytes.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return fields.has('C') ? { kind: 'error', fields } : { kind: 'foreign' };
}

/** What speaks the protocol; `pgwire`: something that does, which is all that is known. */
export type ServerKind = 'postgresql' | 'pgbouncer' | 'pgwire';

/** Major versions as an interval, either end open when undefined; 9.6 counts as 9.6. */
export interface MajorRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface VersionVerdict {
  readonly kind: ServerKind;
  readonly majors: MajorRange | undefined;
}

const SUPPORTED = /server supports (?<low>\d+\.\d+) to (?<high>\d+\.\d+)/;

/**
 * Tells server and major version from the error to an unknown protocol version. PostgreSQL names the versions
 * it supports and the source file of the refusal, which moved with the majors; PgBouncer names neither.
 * The message may be in another language, its numbers are not; the line number varies by packager and is not used.
 */
export function judgeVersionError(
  fields: ErrorFields,
  gss: StartupAnswer['kind'] | undefined,
): VersionVerdict {
  if (!fields.has('F')) {
    const isBouncer = fields.get('C') === '08P01' && !fields.has('V');
    return { kind: isBouncer ? 'pgbouncer' : 'pgwire', majors: undefined };
  }
  const { low, high } = versionsIn(fields.get('M') ?? '');
  const majors = majorsOf({ low, high, file: fields.get('F'), severity: fields.has('V'), gss });
  return { kind: majors === undefined ? 'pgwire' : 'postgresql', majors };
}

function versionsIn(text: string): { low: string | undefined; high: string | undefined } {
  const named = SUPPORTED.exec(text)?.groups;
  if (named !== undefined) return { low: named['low'], high: named['high'] };
  // In another language the sentence differs: its last two numbers are the limits.
  const numbers = text.match(/\d+\.\d+/g) ?? [];
  return { low: numbers.at(-2), high: numbers.at(-1) };
}

function majorsOf(seen: {
  low: string | undefined;
  high: string | undefined;
  file: string | undefined;
  severity: boolean;
  gss: StartupAnswer['kind'] | undefined;
}): MajorRange | undefined {
  const { low, high, file, severity, gss } = seen;
  if (low === '1.0' && high === '3.0')
    return severity ? { from: 9.6, to: 9.6 } : { from: undefined, to: 9.5 };
  if (low === '2.0' && high === '3.0') {
    if (gss === undefined) return { from: 10, to: 13 };
    return gss === 'error' ? { from: 10, to: 11 } : { from: 12, to: 13 };
  }
  if (low !== '3.0') return undefined;
  if (high === '3.0') return file === 'backend_startup.c' ? { from: 17, to: 17 } : { from: 14, to: 16 };
  return { from: 18, to: undefined };
}

/** "15", "14-16", "18+", "-9.5"; empty when nothing is known. */
export function majorText(majors: MajorRange | undefined): string {
  if (majors === undefined) return '';
  const { from, to } = majors;
  if (from === to) return String(from ?? '');
  if (to === undefined) return `${from}+`;
  return `${from ?? ''}-${to}`;
}
