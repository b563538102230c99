import { z } from 'zod';
import { closest } from './closest.ts';

/** A problem of a configuration value in words: where in the document, and what was expected and found. */
export interface Found {
  readonly path: readonly PropertyKey[];
  /** The offending key of the mapping at `path`, when the problem is the key itself. */
  readonly key?: string;
  readonly message: string;
}

/** Turns one zod issue into what a person needs: expected, found, and the nearest thing that exists. */
export function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): readonly Found[] {
  return explain(issue, schema, input, []);
}

function explain(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  input: unknown,
  prefix: readonly PropertyKey[],
): readonly Found[] {
  const path = [...prefix, ...issue.path];
  const value = valueAt(input, path);
  const found = describe(value, isSecretPath(path));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = keysAt(schema, path, input);
        const suggestion = closest(key, known);
        const hint =
          suggestion === undefined ? `; known keys: ${known.join(', ')}` : `; did you mean "${suggestion}"?`;
        return { path, key, message: `unknown key "${key}"${hint}` };
      });
    case 'invalid_type':
      if (value === undefined)
        return [{ path, message: `required, expected ${expectedType(issue.expected)}` }];
      return [{ path, message: `expected ${expectedType(issue.expected)}, found ${found}` }];
    case 'invalid_value':
      return [{ path, message: oneOf(issue.values.map(String), value, found) }];
    case 'invalid_union':
      return explainUnion(issue, schema, input, path);
    case 'too_small':
      return [
        { path, message: `expected ${limitText('at least', issue.minimum, issue.origin)}, found ${found}` },
      ];
    case 'too_big':
      return [
        { path, message: `expected ${limitText('at most', issue.maximum, issue.origin)}, found ${found}` },
      ];
    case 'invalid_format':
      // A pattern says nothing to people: its schema carries the message, which decides what may be shown.
      if (issue.format === 'regex') return [{ path, message: issue.message }];
      return [{ path, message: `expected ${issue.format}, found ${found}` }];
    case 'custom':
      return [{ path, message: issue.message }];
    default:
      return [{ path, message: `${issue.message}, found ${found}` }];
  }
}

function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  input: unknown,
  path: readonly PropertyKey[],
): readonly Found[] {
  const union = discriminatorAt(schema, path, input);
  if (union !== undefined) {
    const at = [...union.path, union.key];
    const given = valueAt(input, at);
    return [
      {
        path: given === undefined ? union.path : at,
        message: `${given === undefined ? `${union.key} ` : ''}${oneOf(union.values, given, describe(given, false))}`,
      },
    ];
  }
  const nearest = issue.errors.reduce(
    (best, errors) => (errors.length < best.length ? errors : best),
    issue.errors[0] ?? [],
  );
  return nearest.flatMap((inner) => explain(inner, schema, input, path));
}

function oneOf(values: readonly string[], value: unknown, found: string): string {
  const suggestion = typeof value === 'string' ? closest(value, values) : undefined;
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return value === undefined
    ? `required, expected one of ${values.join(', ')}`
    : `expected one of ${values.join(', ')}, found ${found}${hint}`;
}

function limitText(word: string, limit: number | bigint, origin: string): string {
  if (origin === 'array') return `${word} ${limit} entries`;
  if (origin === 'string') return `${word} ${limit} characters`;
  return `${word} ${limit}`;
}

function expectedType(type: string): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a mapping',
    record: 'a mapping',
    array: 'a list',
    string: 'a string',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return names[type] ?? type;
}

/** What was found, short enough for one line, without showing what may be a secret. */
export function describe(value: unknown, secret: boolean): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (secret) return `a ${typeof value} (not shown)`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function isSecretPath(path: readonly PropertyKey[]): boolean {
  return path.some((part) => /password|secret|token|credential|url|dsn/i.test(String(part)));
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = input;
  for (const part of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** The keys the schema knows at a path; of a union, those of the option that the input's discriminator picks. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], input: unknown): string[] {
  const at = schemaAt(schema, path, input);
  const object = at === undefined ? undefined : pick(at, valueAt(input, path));
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/** For a discriminated union that no option matched: its key and the values that would match. */
function discriminatorAt(schema: z.ZodType, path: readonly PropertyKey[], input: unknown) {
  for (const end of [path.length, path.length - 1]) {
    const union = end < 0 ? undefined : schemaAt(schema, path.slice(0, end), input);
    if (!(union instanceof z.ZodDiscriminatedUnion)) continue;
    const key = union.def.discriminator;
    return {
      path: path.slice(0, end),
      key,
      values: (union.options as z.ZodType[]).flatMap((option) => tags(option, key)),
    };
  }
  return undefined;
}

/** The schema at a path, without its optional, default and transform wrappers. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[], input: unknown): z.ZodType | undefined {
  let current = bare(schema);
  let value = input;
  for (const part of path) {
    const parent = pick(current, value);
    const child = childOf(parent, part);
    if (child === undefined) return undefined;
    current = bare(child);
    value = valueAt(value, [part]);
  }
  return current;
}

function childOf(parent: z.ZodType, part: PropertyKey): z.ZodType | undefined {
  if (parent instanceof z.ZodArray) return parent.element as z.ZodType;
  if (parent instanceof z.ZodRecord) return parent.valueType as z.ZodType;
  if (parent instanceof z.ZodObject) return (parent.shape as Record<string, z.ZodType>)[String(part)];
  return undefined;
}

function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? bare(schema.in as z.ZodType) : schema;
}

/** The option of a discriminated union that the input names; any other schema as it is. */
function pick(schema: z.ZodType, value: unknown): z.ZodType {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const key = schema.def.discriminator;
  const tag = valueAt(value, [key]);
  const option = (schema.options as z.ZodType[]).find((candidate) =>
    tags(candidate, key).includes(String(tag)),
  );
  return option === undefined ? schema : bare(option);
}

function tags(option: z.ZodType, key: string): string[] {
  const object = bare(option);
  const tag = object instanceof z.ZodObject ? (object.shape as Record<string, z.ZodType>)[key] : undefined;
  return tag instanceof z.ZodLiteral ? [...tag.values].map(String) : [];
}
