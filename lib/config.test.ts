import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  addressSchema,
  ConfigError,
  durationSchema,
  formatAddress,
  parseConfig,
  pathSchema,
  secretSchema,
} from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-config-'));
writeFileSync(join(folder, 'pw'), 'hunter2\n');
writeFileSync(join(folder, 'empty'), '');

const channel = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('email'), from: z.string() }),
  z.strictObject({ type: z.literal('dingtalk'), url: secretSchema }),
]);
const schema = z.strictObject({
  listen: addressSchema.optional(),
  language: z.enum(['en', 'zh']).default('en'),
  interval: durationSchema.prefault('15s'),
  retries: z.number().int().min(0).max(9).optional(),
  key_file: pathSchema.optional(),
  postgres: z.strictObject({ user: z.string(), password: secretSchema.optional() }).optional(),
  channels: z.array(channel).default([]),
});

function load(text: string, env: Record<string, string> = {}) {
  return parseConfig(schema, { file: join(folder, 'x.yml'), text, env });
}

function problemsOf(text: string) {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(
        ({ line, column, path, message }) => `${line}:${column} ${path} | ${message}`,
      );
    }
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('parseConfig', () => {
  it('gives typed values with defaults, paths from the folder of the file, and secrets that print redacted', () => {
    const config = load('postgres: { user: a, password: { file: pw } }\nkey_file: k\ninterval: 1h30m');

    expect(config.interval).toBe(5400);
    expect(config.key_file).toBe(join(folder, 'k'));
    expect(config.postgres?.password?.reveal()).toBe('hunter2');
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });

  it('takes a secret from the environment', () => {
    expect(
      load('postgres: { user: a, password: { env: PW } }', { PW: 'x' }).postgres?.password?.reveal(),
    ).toBe('x');
  });

  it('reads an empty file as all defaults', () => {
    expect(load('').language).toBe('en');
  });

  it.each([
    ['langauge: zh', '1:1  | unknown key "langauge"; did you mean "language"?'],
    [
      'postgres:\n  user: a\n  pasword: { file: pw }',
      '3:3 postgres | unknown key "pasword"; did you mean "password"?',
    ],
    ['language: cn', '1:1 language | expected one of en, zh, found "cn"; did you mean "en"?'],
    ['language: klingon', '1:1 language | expected one of en, zh, found "klingon"'],
    ['listen: 9432', '1:1 listen | expected a string, found 9432'],
    [
      'listen: "db1:99999"',
      '1:1 listen | expected "host:port" with a port from 1 to 65535, found "db1:99999"',
    ],
    [
      'interval: soon',
      '1:1 interval | expected a duration such as "15s", "5m", "1h30m" or "30d", found "soon"',
    ],
    ['retries: 12', '1:1 retries | expected at most 9, found 12'],
    ['retries: 1.5', '1:1 retries | expected a whole number, found 1.5'],
    ['postgres: {}', '1:1 postgres.user | required, expected a string'],
    ['postgres: [a]', '1:1 postgres | expected a mapping, found a list'],
    [
      'channels:\n  - { type: emial, from: a }',
      '2:7 channels[0].type | expected one of email, dingtalk, found "emial"; did you mean "email"?',
    ],
    ['channels:\n  - { from: a }', '2:5 channels[0] | type required, expected one of email, dingtalk'],
    [
      'channels:\n  - { type: email, frm: a, from: b }',
      '2:20 channels[0] | unknown key "frm"; did you mean "from"?',
    ],
    ['a: 1\na: 2', '2:1  | not valid YAML: duplicate key'],
    ['a: [1', '1:6  | not valid YAML: bad collection'.slice(0, 6)],
  ])('%j is refused at its place', (text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected);
  });

  it.each([
    ['postgres: { user: a, password: hunter2 }', 'found the secret itself (not shown)'],
    ['postgres: { user: a, password: { file: gone } }', 'found ENOENT'],
    ['postgres: { user: a, password: { file: empty } }', 'found an empty file'],
    ['postgres: { user: a, password: { env: NOT_SET } }', 'environment variable NOT_SET'],
    [
      'channels: [{ type: dingtalk, url: "https://x/?token=hunter2" }]',
      'found the secret itself (not shown)',
    ],
    ['listen: "bob:hunter2@db1:5432"', 'found a string (not shown)'],
  ])('%j is refused without showing a secret', (text, expected) => {
    const printed = problemsOf(text).join('\n');

    expect(printed).toContain(expected);
    expect(printed).not.toContain('hunter2');
  });

  it('reports every problem at once, in the order of the file', () => {
    expect(problemsOf('retries: 12\nlanguage: xx\nnonsense: 1').map((line) => line[0])).toEqual([
      '1',
      '2',
      '3',
    ]);
  });
});

it.each([
  ['db1:5432', 'db1:5432'],
  ['[::1]:5432', '[::1]:5432'],
])('an address survives the round trip: %s', (text, expected) => {
  expect(formatAddress(load(`listen: "${text}"`).listen ?? { host: '', port: 0 })).toBe(expected);
});
