import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../cli/config.ts';
import { ConfigError } from '../../lib/config.ts';

/**
 * Configuration files of test/fixtures/config. A bad one breaks one rule and says in comment lines
 * `# expect: LINE:PART OF THE MESSAGE` what must be reported, no more and no less. Every secret in
 * them contains the marker, so that it is found wherever it leaks to.
 */
const MARKER = 'hunter2';
const env = { PGFLEET_TEST_SECRET: `${MARKER}-from-the-environment` };

function filesOf(folder: string): string[] {
  const path = fileURLToPath(new URL(`../fixtures/config/${folder}/`, import.meta.url));
  return readdirSync(path).map((name) => `${path}${name}`);
}

interface Expectation {
  readonly line: number;
  readonly text: string;
}

function expectationsOf(file: string): Expectation[] {
  const lines = readFileSync(file, 'utf8').matchAll(/^# expect: (?<line>\d+):(?<text>.+)$/gm);
  return [...lines].map(({ groups }) => ({ line: Number(groups?.['line']), text: groups?.['text'] ?? '' }));
}

async function errorOf(file: string): Promise<ConfigError> {
  try {
    await loadConfig({ file, env });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`${file}: expected a ConfigError`);
}

describe('bad configuration files', () => {
  const files = filesOf('bad');

  it('are a corpus', () => {
    expect(files.length).toBeGreaterThanOrEqual(25);
  });

  it.each(files.map((file) => [basename(file), file]))('%s', async (_name, file) => {
    const expected = expectationsOf(file);
    const error = await errorOf(file);

    expect(expected.length).toBeGreaterThan(0);
    for (const { line, text } of expected) {
      expect(
        error.problems.map((problem) => `${problem.line}:${problem.path}: ${problem.message}`),
      ).toContainEqual(expect.stringMatching(new RegExp(`^${line}:.*${escapeRegExp(text)}`)));
    }
    expect(error.problems).toHaveLength(expected.length);
    expect(error.message.split('\n').every((line) => line.startsWith(`${file}:`))).toBe(true);
    expect(`${error.stack} ${inspect(error, { depth: 9 })}`).not.toContain(MARKER);
  });
});

describe('good configuration files', () => {
  it.each(filesOf('good').map((file) => [basename(file), file]))('%s', async (_name, file) => {
    const config = await loadConfig({ file, env });

    expect(`${JSON.stringify(config)} ${inspect(config, { depth: 9 })}`).not.toContain(MARKER);
  });

  it('give the secrets they name', async () => {
    const file = fileURLToPath(new URL('../fixtures/config/good/typical.yml', import.meta.url));
    const { postgres, servers } = await loadConfig({ file, env });

    expect(postgres.password?.reveal()).toBe(`${MARKER}-from-file`);
    expect(servers[1]?.postgres?.password?.reveal()).toBe(`${MARKER}-from-the-environment`);
  });
});

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
