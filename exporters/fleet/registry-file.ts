import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { PgfleetError } from '../../lib/errors.ts';

/** An entry to add to pgfleet.yml; undefined fields are left out. */
export interface NewEntry {
  readonly comment?: string | undefined;
  readonly fields: Readonly<Record<string, string | number | Readonly<Record<string, string>> | undefined>>;
}

/**
 * A configuration text with entries added at the end of `servers:` or `hosts:`; everything else stays as it
 * is, byte for byte. Throws PgfleetError `config` for a text that is no YAML mapping, or whose section is
 * neither empty nor a list with a dash before each entry.
 */
export function appendEntries(
  text: string,
  section: 'servers' | 'hosts',
  entries: readonly NewEntry[],
): string {
  if (entries.length === 0) return text;
  const { before, after, indent } = splitAtEnd(text, section);
  return `${withNewline(before)}${entries.map((entry) => entryText(entry, indent)).join('')}${after}`;
}

/** The text before and after the place where an entry of the section is added. */
function splitAtEnd(text: string, section: string): { before: string; after: string; indent: string } {
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new PgfleetError('config', 'the configuration file is not valid YAML');
  const root = document.contents;
  if (root !== null && !isMap(root))
    throw new PgfleetError('config', 'expected a mapping, found something else');
  const pair = root?.items.find(({ key }) => isScalar(key) && key.value === section);
  if (pair === undefined) return { before: `${withNewline(text)}${section}:`, after: '', indent: '  ' };
  const key = (pair.key as Node).range;
  const list = pair.value as Node | null;
  const keyEnd = text.indexOf(':', key?.[1] ?? 0) + 1;
  const [start, end] = list?.range ?? [keyEnd, keyEnd];
  const isEmpty =
    list === null || (isScalar(list) && list.value === null) || (isSeq(list) && list.items.length === 0);
  // "servers:", "servers: null" and "servers: []" become a list; a comment behind them stays.
  if (isEmpty)
    return {
      before: text.slice(0, keyEnd) + restOfLine(text, end),
      after: afterLine(text, end),
      indent: '  ',
    };
  if (!isSeq(list) || list.flow === true) {
    throw new PgfleetError('config', `${section}: expected a list with a dash before each entry`);
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return { before: text.slice(0, end), after: text.slice(end), indent: text.slice(lineStart, start) };
}

function restOfLine(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return (end === -1 ? text.slice(at) : text.slice(at, end)).trimEnd();
}

function afterLine(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return end === -1 ? '' : text.slice(end + 1);
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function entryText({ comment, fields }: NewEntry, indent: string): string {
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const lines = stringify([known], { lineWidth: 0 }).trimEnd().split('\n');
  const comments = comment === undefined ? [] : commentLines(comment);
  return [...comments, ...lines].map((line) => `${indent}${line}\n`).join('');
}

/** Comments name directories of other machines: a line break of any kind in one must not start an entry. */
function commentLines(comment: string): string[] {
  return comment.split('\n').map((line) => `# ${line.replace(/[\p{Cc}\u2028\u2029]/gu, '?')}`);
}

/** The line, from 1, on which each entry of a section starts. */
export function entryLines(text: string, section: 'servers' | 'hosts'): number[] {
  const lines = new LineCounter();
  const list = parseDocument(text, { lineCounter: lines }).get(section, true);
  if (!isSeq(list)) return [];
  return list.items.map((item) => lines.linePos((item as Node).range?.[0] ?? 0).line);
}
