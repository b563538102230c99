/**
 * Source: RFC 4180, as spreadsheets write it
 * Shape:  "name;address" and lines of it; comma, semicolon or tab between fields, quotes doubled, CRLF or LF,
 *         with or without a byte order mark, UTF-8 or, from Chinese Excel, GB 18030
 */
import { ParseError } from '../../../lib/errors.ts';

/** A line of a table: its fields by column title, and where it starts. */
export interface CsvRow {
  /** 1-based. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
}

/** Text of a CSV file: UTF-8 when it is valid, else what Excel writes on a Chinese Windows. */
export function decodeCsv(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** Rows below the title line; empty lines are passed over. Throws ParseError, naming the line, for a table out of shape. */
export function parseCsv(file: string, text: string): CsvRow[] {
  const records = [...recordsOf(file, text)];
  const [head, ...body] = records.filter(({ fields }) => fields.some((field) => field.trim() !== ''));
  if (head === undefined) throw new ParseError(file, 'a line of column titles', text);
  const titles = head.fields.map((title) => title.trim());
  return body.map(({ line, fields }) => {
    if (fields.length > titles.length && fields.slice(titles.length).some((field) => field.trim() !== '')) {
      throw new ParseError(`${file}:${line}`, `${titles.length} fields`, `${fields.length} fields`);
    }
    return { line, fields: new Map(titles.map((title, index) => [title, plainText(fields[index] ?? '')])) };
  });
}

function* recordsOf(file: string, text: string): Iterable<{ line: number; fields: string[] }> {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const separator = separatorOf(body);
  const token = new RegExp(
    `(?:"(?<quoted>(?:[^"]|"")*)"|(?<bare>[^"${separator}\\r\\n]*))(?<end>${separator}|\\r?\\n|\\r|$)`,
    'y',
  );
  let line = 1;
  let start = 1;
  let fields: string[] = [];
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    if (match === null)
      throw new ParseError(`${file}:${line}`, 'quotes around a whole field', body.slice(at, at + 40));
    const { quoted, bare, end } = match.groups ?? {};
    fields.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    line += (match[0].match(/\r\n|\n|\r/g) ?? []).length;
    if (end === separator && token.lastIndex < body.length) continue;
    yield { line: start, fields };
    fields = [];
    start = line;
  }
}

/** Without the apostrophe that keeps a spreadsheet from running it; see quoteField. */
function plainText(field: string): string {
  return field.trim().replace(/^'(?=[=+\-@])/, '');
}

/** The separator that the title line has most of. */
function separatorOf(text: string): string {
  const head = text.split(/\r?\n/).find((line) => line.trim() !== '') ?? '';
  const count = (separator: string) => head.split(separator).length;
  return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

/** A table as spreadsheets read it: byte order mark, CRLF, quotes where needed. */
export function printCsv(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows].map((fields) => fields.map(quoteField).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

function quoteField(text: string): string {
  // A spreadsheet runs what starts like a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
