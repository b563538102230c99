import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Alias,
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import { z } from 'zod';
import { describe, explainIssue } from './config-problems.ts';
import { PgfleetError } from './errors.ts';
import { Secret } from './secret.ts';

/** One thing wrong in a configuration file: where, what was expected, what was found. */
export interface ConfigProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** "servers[0].address"; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** All problems of a file at once; the message has one `file:line:column: path: text` line each. */
export class ConfigError extends PgfleetError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super('config', problems.map(formatProblem).join('\n'), options);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface LoadContext {
  /** Relative paths in the file start here. */
  readonly folder: string;
  readonly env: Environment;
}

// zod passes no context to transforms; parsing is synchronous, so one variable for its duration serves.
let loading: LoadContext | undefined;

function context(): LoadContext {
  if (loading === undefined)
    throw new PgfleetError('internal', 'a configuration schema was used outside parseConfig');
  return loading;
}

/** A path in the file, absolute after loading. */
export const pathSchema = z
  .string()
  .min(1)
  .transform((path) => resolve(context().folder, path));

/** `{ file: PATH }` or `{ env: NAME }`, read at load time; a secret written into the file is refused. */
export const secretSchema = z
  .unknown()
  .transform((source, refinement): Secret => {
    const result = readSecret(source);
    if (result instanceof Secret) return result;
    refinement.addIssue({ code: 'custom', message: result });
    return z.NEVER;
  })
  .describe('{ file: PATH } or { env: NAME }');

const secretSourceSchema = z.union([
  z.strictObject({ file: z.string() }),
  z.strictObject({ env: z.string() }),
]);

function readSecret(source: unknown): Secret | string {
  const { folder, env } = context();
  const parsed = secretSourceSchema.safeParse(source);
  if (!parsed.success) {
    const found = typeof source === 'string' ? 'the secret itself (not shown)' : describe(source, true);
    return `expected { file: PATH } or { env: NAME }, found ${found}`;
  }
  if ('env' in parsed.data) {
    const text = env[parsed.data.env];
    if (text === undefined || text === '')
      return `expected the environment variable ${parsed.data.env} to be set`;
    return new Secret(text);
  }
  const path = resolve(folder, parsed.data.file);
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return text === '' ? `expected a secret in ${path}, found an empty file` : new Secret(text);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return `expected a readable file ${path}, found ${reason}`;
  }
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A Prometheus duration such as "15s", "5m", "1h30m" or "30d"; seconds after loading. */
export const durationSchema = z.string().transform((text, refinement): number => {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    refinement.addIssue({
      code: 'custom',
      message: `expected a duration such as "15s", "5m", "1h30m" or "30d", found ${JSON.stringify(text)}`,
    });
    return z.NEVER;
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (DURATION_UNITS[unit ?? ''] ?? 0), 0);
});

/** "host:port" with a port of 1 to 65535; IPv6 hosts in brackets. */
export const addressSchema = z.string().transform((text, refinement) => {
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.%a-z]+)\]|(?<host>[^\s:[\]/@]+)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port']);
  const host = match?.groups?.['v6'] ?? match?.groups?.['host'];
  if (host === undefined || port < 1 || port > 65_535) {
    refinement.addIssue({
      code: 'custom',
      message: `expected "host:port" with a port from 1 to 65535, found ${describe(text, text.includes('@'))}`,
    });
    return z.NEVER;
  }
  return { host, port };
});

/** An address given on the command line; `option` names it in the error. Throws PgfleetError `config`. */
export function parseAddress(option: string, text: string): Address {
  const result = addressSchema.safeParse(text);
  if (result.success) return result.data;
  throw new PgfleetError('config', `${option}: ${result.error.issues[0]?.message ?? 'not an address'}`);
}

/** Host and port of a configured endpoint. */
export type Address = z.output<typeof addressSchema>;

/** Prints an address as Prometheus's `instance` has it. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Aliases resolved at most: a few nested ones can stand for more values than the memory holds. */
const MAX_ALIASES = 100;

/**
 * Parses YAML and holds it to the schema. `file` is named in problems and gives the folder of relative
 * paths. Throws ConfigError with every problem found, in the order of the file.
 */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  source: { file: string; text: string; env: Environment },
): z.output<S> {
  const { file, text, env } = source;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { file, line, column: col, path: '', message: `not valid YAML: ${yamlMessage(error.code)}` };
      }),
    );
  }
  loading = { folder: dirname(resolve(file)), env };
  try {
    const input = readDocument(document, file, lines);
    const result = schema.safeParse(input);
    if (result.success) return result.data;
    const locate = (path: readonly PropertyKey[], key?: string) =>
      position(document.contents, lines, path, key);
    const problems = result.error.issues.flatMap((issue) =>
      explainIssue(issue, schema, input).map((found) => ({
        file,
        ...locate(found.path, found.key),
        path: printPath(found.path),
        message: found.message,
      })),
    );
    throw new ConfigError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  } finally {
    loading = undefined;
  }
}

/** The document as plain values. Throws ConfigError for the two things the parser leaves to this step: aliases. */
function readDocument(document: Document.Parsed, file: string, lines: LineCounter): unknown {
  let lost: Alias | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) lost ??= alias;
    },
  });
  if (lost !== undefined) {
    // Not its name: a password that starts with an asterisk and lacks quotes is an alias too.
    const { line, col } = lines.linePos(lost.range?.[0] ?? 0);
    const message = 'not valid YAML: alias without anchor';
    throw new ConfigError([{ file, line, column: col, path: '', message }]);
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch (error) {
    const message = 'not valid YAML: too many aliases';
    throw new ConfigError([{ file, line: 1, column: 1, path: '', message }], { cause: error });
  }
}

/** A problem at a place of a valid text, for rules that are checked after parsing. */
export function problemAt(
  { file, text }: { readonly file: string; readonly text: string },
  path: readonly PropertyKey[],
  message: string,
): ConfigProblem {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return { file, ...position(document.contents, lines, path), path: printPath(path), message };
}

function yamlMessage(code: string): string {
  // The library's own texts quote the offending line, which may hold a secret.
  return code.toLowerCase().replaceAll('_', ' ');
}

function printPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** Position of the node at a path, of one of its keys, or of the nearest parent that exists. */
function position(root: ParsedNode | null, lines: LineCounter, path: readonly PropertyKey[], key?: string) {
  let node: Node | null = root;
  let offset = root?.range?.[0] ?? 0;
  for (const part of key === undefined ? path : [...path, key]) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = (pair.value as Node | null) ?? null;
    } else if (node !== null && 'items' in node && typeof part === 'number') {
      node = (node.items[part] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      break;
    }
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
