import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type ProcessSpec, type ProcessStatus, SupervisedProcess } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-supervisor-'));
const started: SupervisedProcess[] = [];

afterEach(() => Promise.all(started.splice(0).map((child) => child.kill())));
afterAll(() => rmSync(folder, { recursive: true }));

function supervise(script: string, spec: Partial<ProcessSpec> = {}) {
  const logFile = join(folder, `${Math.random()}.log`);
  const changes: ProcessStatus[] = [];
  const child = new SupervisedProcess({
    name: 'child',
    file: 'sh',
    args: ['-c', script],
    logFile,
    backoff: { firstMs: 10, maxMs: 40, healthyMs: 60_000 },
    onChange: (status) => changes.push(status),
    ...spec,
  });
  started.push(child);
  const log = () => readFileSync(logFile, 'utf8');
  return { child, log, states: () => changes.map(({ state }) => state), changes };
}

function isAlive(pid: number | undefined): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) Z /.test(readFileSync(stat, 'utf8'));
}

describe('SupervisedProcess', () => {
  it('runs, keeps what the program prints, and stops it', async () => {
    const { child, log, states } = supervise('echo out; echo err >&2; exec sleep 60');

    await child.start();
    const { pid, state } = child.status();
    expect([state, isAlive(pid)]).toEqual(['running', true]);
    await child.stop();

    expect(isAlive(pid)).toBe(false);
    expect(log()).toBe('out\nerr\n');
    expect(states()).toEqual(['starting', 'running', 'stopped']);
    expect(child.status()).toMatchObject({ state: 'stopped', pid: undefined, restarts: 0 });
  });

  it('waits until the program is ready', async () => {
    let asked = 0;
    const ready = async () => {
      asked += 1;
      if (asked === 1) throw new Error('connection refused');
      return asked > 2;
    };
    const { child } = supervise('exec sleep 60', { ready });

    await child.start();

    expect(asked).toBe(3);
  });

  it('starts it again with growing pauses, and says how it ended', async () => {
    const { child, changes } = supervise('sleep 0.2; exit 7');

    await child.start();
    await expect.poll(() => child.status().restarts, { timeout: 5_000 }).toBeGreaterThanOrEqual(3);

    const pauses = changes.filter(({ state }) => state === 'backing_off');
    expect(pauses[0]?.lastExit).toBe('exit code 7');
    expect(pauses[0]?.retryMs).toBeLessThan(pauses[2]?.retryMs ?? 0);
    expect(Math.max(...pauses.map(({ retryMs = 0 }) => retryMs))).toBeLessThanOrEqual(48);
  });

  it('rejects when the first start fails, with the end of the log', async () => {
    const { child } = supervise('echo the reason >&2; exit 3');

    await expect(child.start()).rejects.toThrow(/child ended with exit code 3 .*ends with:\nthe reason$/s);
    expect(child.status()).toMatchObject({ state: 'stopped', restarts: 0 });
  });

  it('rejects when the program is not there or never ready', async () => {
    await expect(supervise('', { file: '/no/such/program' }).child.start()).rejects.toThrow(
      /child ended with (spawn|exit code 127)/,
    );

    const never = supervise('exec sleep 60', { ready: async () => false, readyTimeoutMs: 150 });
    await expect(never.child.start()).rejects.toThrow('child was not ready within 0.15 s');
    expect(never.child.status().pid).toBeUndefined();
  });

  it('ends a program that ignores SIGTERM, with its descendants', async () => {
    const { child, log } = supervise('trap "" TERM; sleep 60 & echo $!; while :; do sleep 1; done', {
      stopTimeoutMs: 100,
    });
    await child.start();
    const descendant = Number(log());

    await child.stop();

    await expect.poll(() => isAlive(descendant)).toBe(false);
    expect(child.status().lastExit).toBe('SIGKILL');
  });

  it('ends what a crashed program left in its group, and starts it once', async () => {
    const { child, log } = supervise('sleep 60 & echo $!; exec sleep 0.2');
    await child.start();
    const left = Number(log().split('\n')[0]);

    await expect.poll(() => child.status().restarts, { timeout: 5_000 }).toBeGreaterThanOrEqual(1);

    await expect.poll(() => isAlive(left)).toBe(false);
  });

  it('does not start again after stop while backing off', async () => {
    const { child } = supervise('exec sleep 0.15', { backoff: { firstMs: 200, maxMs: 200, healthyMs: 1e9 } });
    await child.start();
    await expect.poll(() => child.status().state, { interval: 5 }).toBe('backing_off');

    await child.stop();

    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.status()).toMatchObject({ state: 'stopped', restarts: 0, pid: undefined });
  });
});
