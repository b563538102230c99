import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCapture } from '../../exporters/host/capture.ts';
import { CAPTURE_SCRIPT_PATH } from '../../exporters/host/transports/capture-script.ts';
import { projectFile } from '../../lib/project-file.ts';
import { loadUnits } from '../../lib/units.ts';

const run = promisify(execFile);

/** The command as a user types it, from source. */
async function pgfleet(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const command = ['--import', 'tsx', projectFile('cli/main.ts'), ...args];
    const { stdout, stderr } = await run(process.execPath, command, { cwd: projectFile('') });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

const units = await loadUnits<() => Command>(new URL('../../cli/commands/', import.meta.url), 'command');
const commands = units.flatMap(({ fileName, value }) => leaves(value(), fileName));

/** A command and its subcommands, each with the words that call it. */
function leaves(command: Command, path: string): { path: string; command: Command }[] {
  return [
    { path, command },
    ...command.commands.flatMap((child) => leaves(child, `${path} ${child.name()}`)),
  ];
}

it('ends quietly when its reader has seen enough', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', projectFile('cli/main.ts'), 'metrics'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());

  const [code] = (await once(child, 'close')) as [number | null];

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('finds the commands', () => {
  expect(units.map(({ fileName }) => fileName)).toEqual(
    expect.arrayContaining(['up', 'export', 'notify', 'check', 'probe', 'explain', 'host']),
  );
});

describe.each(commands.map(({ path, command }) => [path, command] as const))(
  'pgfleet %s',
  (path, command) => {
    it('is named after its file', () => {
      expect(path.split(' ').at(-1)).toBe(command.name());
    });

    it('describes itself in a sentence, and every option and argument', () => {
      expect(command.description()).toMatch(/^[A-Z].*\.$/s);
      for (const option of command.options) expect(option.description, option.flags).not.toBe('');
      for (const argument of command.registeredArguments)
        expect(argument.description, argument.name()).not.toBe('');
    });

    it('gives examples that begin with its own name', () => {
      if (
        command.commands.length > 0 &&
        command.registeredArguments.length === 0 &&
        command.options.length === 0
      )
        return;
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();

      const examples = help.slice(help.indexOf('Examples:'));
      expect(help).toContain('Examples:');
      expect(examples).toContain(`pgfleet ${path}`);
    });
  },
);

describe('exit codes', () => {
  let help: Awaited<ReturnType<typeof pgfleet>>;
  beforeAll(async () => {
    help = await pgfleet('--help');
  });

  it('are listed by --help, which ends with 0', () => {
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('Exit codes:');
    for (const code of [0, 1, 2, 3]) expect(help.stdout).toMatch(new RegExp(`^ {2}${code} {2}\\S`, 'm'));
  });

  it.each([
    [['--version'], 0, /^\d+\.\d+\.\d+/],
    [['no-such-command'], 2, /unknown command/],
    [['probe', 'postgres'], 2, /missing required argument/],
    [['probe', 'oracle', 'x'], 2, /Allowed choices are postgres, host/],
    [['check', '--config', '/nonexistent/pgfleet.yml'], 2, /no such file/],
    [
      ['check', '--config-only', '--config', 'test/fixtures/config/bad/unknown-key-in-postgres.yml'],
      2,
      /:\d+:\d+: .*unknown key/,
    ],
  ] as const)('%j ends with %i', async (args, code, text) => {
    const result = await pgfleet(...args);

    expect(result.code, result.stderr).toBe(code);
    expect(result.stdout + result.stderr).toMatch(text);
  });
});

describe('pgfleet capture', () => {
  it('prints a complete capture of this machine without any configuration', async () => {
    const { code, stdout, stderr } = await pgfleet('capture', '--tier', 'fast', '--config', 'none.yml');

    expect(code).toBe(0);
    expect(parseCapture(stdout).complete).toBe(true);
    expect(parseCapture(stdout).sections.get('meminfo')?.status).toBe('ok');
    expect(stderr).toMatch(/^\d+ sections made \S+Z, complete\n$/);
  });

  it('prints the script for a machine without pgfleet', async () => {
    const { stdout } = await pgfleet('capture', '--script');

    expect(stdout).toBe(await readFile(CAPTURE_SCRIPT_PATH, 'utf8'));
  });

  it('refuses a host nobody declared', async () => {
    const { code, stderr } = await pgfleet('capture', 'nobody', '--config', 'pgfleet.example.yml');

    expect(code).toBe(2);
    expect(stderr).not.toBe('');
  });
});
