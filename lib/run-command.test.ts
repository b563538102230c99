import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const limits = { timeoutMs: 10_000, maxBytes: 1_000 };

function sh(script: string, options = {}) {
  return runCommand('sh', ['-c', script], { ...limits, ...options });
}

/** A zombie that waits for init to collect it counts as ended. */
function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

describe('runCommand', () => {
  it('gives outputs and exit code apart', async () => {
    const result = await sh('echo out; echo err >&2; exit 3');

    expect(result).toEqual({
      code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
      timedOut: false,
    });
  });

  it('passes arguments as they are, without a shell', async () => {
    const { stdout } = await runCommand('printf', ['%s', '$HOME; `id` "*"'], limits);

    expect(stdout).toBe('$HOME; `id` "*"');
  });

  it('passes input, environment and folder', async () => {
    const { stdout } = await sh('cat; printf %s "$A"; pwd', { input: 'in ', env: { A: 'a ' }, cwd: '/' });

    expect(stdout).toBe('in a /\n');
  });

  it('survives a program that does not read its input', async () => {
    const { code } = await runCommand('true', [], { ...limits, input: 'x'.repeat(1_000_000) });

    expect(code).toBe(0);
  });

  it('keeps what was printed before the time was over', async () => {
    const result = await sh('echo early; sleep 30', { timeoutMs: 100 });

    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', stdout: 'early\n', timedOut: true });
  });

  it('kills a program that ignores SIGTERM', async () => {
    const result = await sh('trap "" TERM; sleep 30 & sleep 30; sleep 30', { timeoutMs: 100 });

    expect(result).toMatchObject({ signal: 'SIGKILL', timedOut: true });
  });

  it('ends a program that prints too much', async () => {
    const result = await runCommand('yes', [], limits);

    expect(result.truncated).toBe(true);
    expect(result.stdout).toHaveLength(1_000);
  });

  it('cuts between bytes, not inside of the result', async () => {
    const { stdout, truncated } = await sh('printf "12345"', { maxBytes: 5 });

    expect({ stdout, truncated }).toEqual({ stdout: '12345', truncated: false });
  });

  it.each([
    ['when it ends', 'sleep 60 & echo $!'],
    ['when its outputs stay open', 'sleep 60 >&2 & echo $!'],
  ])('leaves no descendant behind %s', async (_name, script) => {
    const { stdout, code } = await sh(script);

    await sleep(20);
    expect(code).toBe(0);
    expect(isAlive(Number(stdout))).toBe(false);
  });

  it('is rejected when its signal aborts, after the program ended', async () => {
    const abort = new AbortController();
    const running = sh('exec sleep 60', { signal: abort.signal });
    setTimeout(() => abort.abort(), 50);

    await expect(running).rejects.toMatchObject({ code: 'timeout', message: 'sh: ended by the caller' });
    await expect(sh('true', { signal: abort.signal })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('names a program that is not there', async () => {
    await expect(runCommand('/no/such/program', [], limits)).rejects.toMatchObject({
      code: 'command',
      message: '/no/such/program: cannot be started',
    });
  });
});
