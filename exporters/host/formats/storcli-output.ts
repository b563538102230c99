import { Fields, isRule, linesOf, pairOf } from './tool-text.ts';

/** The two outputs of storcli, JSON and text, in one shape; nothing is interpreted here. */

/** Answer of one controller to one command. */
export interface Response {
  /** "Status", "Description", "Controller" of the command itself. */
  readonly status: Fields;
  readonly parts: readonly Part[];
}

/** A heading with the pairs and table rows below it. */
export interface Part {
  readonly name: string;
  readonly fields: Fields;
  readonly rows: readonly Fields[];
}

export interface StorcliOutput {
  readonly responses: readonly Response[];
  readonly errors: readonly string[];
}

export function readStorcli(text: string): StorcliOutput {
  return /^\s*\{/m.test(text) ? readJson(text) : { responses: readText(text), errors: [] };
}

// ---- JSON -----------------------------------------------------------------------------------------

function readJson(text: string): StorcliOutput {
  const responses: Response[] = [];
  const errors: string[] = [];
  for (const document of jsonDocuments(text)) {
    let value: unknown;
    try {
      value = JSON.parse(document);
    } catch {
      errors.push('a JSON document is damaged or cut');
      continue;
    }
    const controllers = isRecord(value) ? value['Controllers'] : undefined;
    for (const one of Array.isArray(controllers) ? controllers : []) {
      if (isRecord(one)) responses.push(responseOf(one));
    }
  }
  return { responses, errors };
}

/** The top-level objects of a text, each from its brace to the one that closes it or to the end. */
function jsonDocuments(text: string): string[] {
  const documents: string[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = depth > 0;
    else if (char === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) documents.push(text.slice(start, at + 1));
    }
  }
  if (depth > 0) documents.push(text.slice(start));
  return documents;
}

type Json = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function responseOf(controller: Json): Response {
  const status = new Fields();
  const command = controller['Command Status'];
  if (isRecord(command)) addScalars(status, command);
  const parts: Part[] = [];
  collect('', controller['Response Data'], parts, 0);
  return { status, parts };
}

/** No output nests deeper than four; a hostile one stops here. */
const MAX_DEPTH = 8;

function collect(name: string, value: unknown, parts: Part[], depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    const rows = value.filter(isRecord);
    parts.push(partOf(name, new Fields(), rows.map(rowOf)));
    for (const row of rows) collectChildren(row, parts, depth);
    return;
  }
  if (!isRecord(value)) return;
  const fields = new Fields();
  addScalars(fields, value);
  parts.push({ name, fields, rows: [] });
  collectChildren(value, parts, depth);
}

function collectChildren(value: Json, parts: Part[], depth: number): void {
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'object') collect(key.trim(), child, parts, depth + 1);
  }
}

function rowOf(row: Json): Fields {
  const fields = new Fields();
  addScalars(fields, row);
  return fields;
}

function addScalars(fields: Fields, values: Json): void {
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string') fields.add(key, value.trim());
    else if (typeof value === 'number' || typeof value === 'boolean') fields.add(key, String(value));
  }
}

/** Tables of two columns, Property and Value, are pairs. */
function partOf(name: string, fields: Fields, rows: readonly Fields[]): Part {
  const others: Fields[] = [];
  for (const row of rows) {
    const property = row.get('Property');
    const value = row.get('Value');
    if (property !== undefined && value !== undefined) fields.add(property, value);
    else others.push(row);
  }
  return { name, fields, rows: others };
}

// ---- text -----------------------------------------------------------------------------------------

function readText(text: string): Response[] {
  const reader = new TextReader();
  const lines = linesOf(text);
  for (const [index, line] of lines.entries()) reader.line(line, lines[index + 1] ?? '');
  return reader.finish();
}

interface OpenPart {
  readonly name: string;
  readonly fields: Fields;
  readonly rows: Fields[];
}

class TextReader {
  readonly #responses: { status: Fields; parts: OpenPart[] }[] = [];
  #part: OpenPart | undefined;
  /** Lines of the open table; a rule opens it, stands below its header and closes it. */
  #table: { rules: number; header: string; rows: string[] } | undefined;

  line(line: string, next: string): void {
    if (/^\s*-{4,}\s*$/.test(line)) {
      this.#rule();
      return;
    }
    if (this.#table !== undefined) {
      if (this.#table.rules === 1) this.#table.header = line;
      else if (line.trim() !== '') this.#table.rows.push(line);
      else this.#closeTable(); // a table without its end: the output was cut
      return;
    }
    if (isRule(line)) return;
    if (line.trim() !== '' && /^={4,}$/.test(next.trim())) {
      this.#open(line.replace(/\s*:\s*$/, '').trim());
      return;
    }
    const pair = pairOf(line, ' = ') ?? (line.endsWith(' =') ? pairOf(line, ' =') : undefined);
    if (pair === undefined) return;
    if (/^CLI Version$/i.test(pair.key)) this.#newResponse();
    const response = this.#responses.at(-1) ?? this.#newResponse();
    (this.#part?.fields ?? response.status).add(pair.key, pair.value);
  }

  finish(): Response[] {
    this.#closeTable();
    return this.#responses.map(({ status, parts }) => ({
      status,
      parts: parts.map(({ name, fields, rows }) => partOf(name, fields, rows)),
    }));
  }

  #newResponse(): { status: Fields; parts: OpenPart[] } {
    this.#closeTable();
    const response = { status: new Fields(), parts: [] };
    this.#responses.push(response);
    this.#part = undefined;
    return response;
  }

  #open(name: string): OpenPart {
    this.#closeTable();
    const response = this.#responses.at(-1) ?? this.#newResponse();
    const part = { name, fields: new Fields(), rows: [] };
    response.parts.push(part);
    this.#part = part;
    return part;
  }

  #rule(): void {
    if (this.#table === undefined) this.#table = { rules: 1, header: '', rows: [] };
    else if (this.#table.rules === 1) this.#table.rules = 2;
    else this.#closeTable();
  }

  #closeTable(): void {
    const table = this.#table;
    this.#table = undefined;
    if (table === undefined || table.rules < 2) return;
    const part = this.#part ?? this.#open('');
    part.rows.push(...tableRows(table.header, table.rows));
  }
}

/**
 * Cells of a table whose columns are as wide as their widest cell: columns end where every line has
 * a blank. What has no heading above it belongs to the column before: cells may hold blanks.
 */
export function tableRows(headerLine: string, rows: readonly string[]): Fields[] {
  // Headings of several words are one column; the blank that joins them is none here.
  const header = headerLine.replace(/Estimated Time Left|Next Learn/g, (name) =>
    name.replaceAll(' ', '\u00a0'),
  );
  const width = Math.max(header.length, ...rows.map((row) => row.length));
  const columns: { from: number; to: number; name: string }[] = [];
  let from = 0;
  for (let at = 0; at <= width; at += 1) {
    const blank = [header, ...rows].every((line) => (line[at] ?? ' ') === ' ');
    if (!blank && at < width) continue;
    const name = header.slice(from, at).trim();
    const last = columns.at(-1);
    if (name !== '') columns.push({ from, to: at, name });
    else if (last !== undefined) last.to = at;
    from = at;
  }
  return rows.map((row) => {
    const fields = new Fields();
    for (const { from: start, to, name } of columns) fields.add(name, row.slice(start, to).trim());
    return fields;
  });
}
