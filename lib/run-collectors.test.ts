import { describe, expect, it } from 'vitest';
import type { CollectorDeclaration } from './collector.ts';
import { PgfleetError } from './errors.ts';
import { createLogger } from './log.ts';
import { gauge, type Sample } from './metric.ts';
import { CollectorCache, type Job, type RunOptions, runCollectors } from './run-collectors.ts';

const value = gauge('demo_value', 'A value.');
const stray = gauge('demo_stray', 'Not declared.');
const log = createLogger({ name: 'test', level: 'silent' });

function job(over: Partial<CollectorDeclaration>, collect: Job['collect']): Job {
  return { collector: { name: 'demo', help: 'Demo.', metrics: [value], ...over }, collect };
}

function options(over: Partial<RunOptions> = {}): RunOptions {
  return {
    budgetMs: 1000,
    signal: new AbortController().signal,
    now: Date.now,
    cache: new CollectorCache(),
    log,
    ...over,
  };
}

function values(samples: readonly Sample[], name: string): unknown[] {
  return samples.filter((sample) => sample.family.name === name).map((sample) => sample.value);
}

const emits =
  (n: number): Job['collect'] =>
  async (run) =>
    run.emit([value(n)]);
const emitsAtOnce =
  (n: number): Job['collect'] =>
  (run) =>
    run.emit([value(n)]);
const never: Job['collect'] = () => new Promise(() => undefined);

describe('runCollectors', () => {
  it('isolates a failing collector: the others are served and the failure is visible', async () => {
    const failing = job({ name: 'bad' }, async () => {
      throw new PgfleetError('permission', 'denied');
    });

    const samples = await runCollectors([failing, job({ name: 'good' }, emits(1))], [], options());

    expect(values(samples, 'demo_value')).toEqual([1]);
    expect(values(samples, 'pgfleet_collector_success')).toEqual([0, 1]);
    expect(samples.find((s) => s.family.name === 'pgfleet_collector_error')?.labels).toEqual({
      collector: 'bad',
      code: 'permission',
    });
  });

  it('isolates one that only computes and throws, and serves what it gave before', async () => {
    const failing = job({ name: 'bad' }, (run) => {
      run.emit([value(1)]);
      throw new PgfleetError('parse', 'half a line');
    });

    const samples = await runCollectors([failing, job({ name: 'good' }, emitsAtOnce(2))], [], options());

    expect(values(samples, 'demo_value')).toEqual([1, 2]);
    expect(values(samples, 'pgfleet_collector_success')).toEqual([0, 1]);
  });

  it('keeps the order of the jobs, whoever is done first', async () => {
    const late = job({ name: 'late' }, async (run) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      run.emit([value(1)]);
    });

    const samples = await runCollectors([late, job({ name: 'soon' }, emitsAtOnce(2))], [], options());

    expect(values(samples, 'demo_value')).toEqual([1, 2]);
  });

  it('answers at the deadline with what was emitted, and ignores what comes later', async () => {
    let late: (() => void) | undefined;
    const slow = job({}, async (run) => {
      run.emit([value(1)]);
      await new Promise<void>((resolve) => {
        late = () => {
          run.emit([value(2)]);
          resolve();
        };
      });
    });

    const samples = await runCollectors([slow], [], options({ budgetMs: 20 }));
    late?.();

    expect(values(samples, 'demo_value')).toEqual([1]);
    expect(values(samples, 'pgfleet_collector_success')).toEqual([0]);
  });

  it('ends at the collector timeout before the budget', async () => {
    const samples = await runCollectors(
      [job({ timeoutSeconds: 0.02 }, never)],
      [],
      options({ budgetMs: 60_000 }),
    );

    expect(values(samples, 'pgfleet_collector_success')).toEqual([0]);
  });

  it('ends when the client goes away', async () => {
    const gone = new AbortController();
    const running = runCollectors([job({}, never)], [], options({ budgetMs: 60_000, signal: gone.signal }));
    gone.abort();

    expect(values(await running, 'pgfleet_collector_success')).toEqual([0]);
  });

  it('serves a result again within its ttl and says its age', async () => {
    let clock = 0;
    let runs = 0;
    const shared = options({ now: () => clock });
    const cached = job({ ttlSeconds: 60 }, async (run) => {
      runs += 1;
      run.emit([value(runs)]);
    });

    await runCollectors([cached], [], shared);
    clock = 30_000;
    const second = await runCollectors([cached], [], shared);
    clock = 61_000;
    const third = await runCollectors([cached], [], shared);

    expect(values(second, 'demo_value')).toEqual([1]);
    expect(values(second, 'pgfleet_collector_age_seconds')).toEqual([30]);
    expect(values(third, 'demo_value')).toEqual([2]);
    expect(values(third, 'pgfleet_collector_age_seconds')).toEqual([]);
  });

  it('serves the last good result after a failure, for three ttls and no longer', async () => {
    let clock = 0;
    let broken = false;
    const shared = options({ now: () => clock });
    const flaky = job({ ttlSeconds: 60 }, async (run) => {
      if (broken) throw new Error('lost');
      run.emit([value(7)]);
    });

    await runCollectors([flaky], [], shared);
    broken = true;
    clock = 120_000;
    const stale = await runCollectors([flaky], [], shared);
    clock = 181_000;
    const tooOld = await runCollectors([flaky], [], shared);

    expect(values(stale, 'demo_value')).toEqual([7]);
    expect(values(stale, 'pgfleet_collector_success')).toEqual([0]);
    expect(values(stale, 'pgfleet_collector_age_seconds')).toEqual([120]);
    expect(values(tooOld, 'demo_value')).toEqual([]);
  });

  it('tries a dear collector that fails less and less often, and a cheap one every time', async () => {
    let now = 0;
    const runs = { dear: 0, cheap: 0 };
    const failing = (name: keyof typeof runs, ttlSeconds: number) =>
      job({ name, ttlSeconds }, async () => {
        runs[name] += 1;
        throw new PgfleetError('timeout', 'too slow');
      });
    const shared = options({ now: () => now });
    const tried: number[] = [];

    for (; now <= 300_000; now += 15_000) {
      const before = runs.dear;
      const samples = await runCollectors([failing('dear', 60), failing('cheap', 0)], [], shared);
      if (runs.dear > before) tried.push(now / 1000);
      expect(values(samples, 'pgfleet_collector_success')).toEqual([0, 0]);
    }

    expect(tried).toEqual([0, 15, 30, 60, 105, 165, 225, 285]);
    expect(runs.cheap).toBe(21);
  });

  it('drops and counts undeclared families and what passes the series limit', async () => {
    const many = job({ seriesLimit: 2 }, async (run) => run.emit([value(1), value(2), value(3), stray(4)]));

    const samples = await runCollectors([many], [], options());

    expect(values(samples, 'demo_value')).toEqual([1, 2]);
    expect(values(samples, 'demo_stray')).toEqual([]);
    expect(
      samples
        .filter((s) => s.family.name === 'pgfleet_collector_samples_dropped')
        .map((s) => [s.labels['reason'], s.value]),
    ).toEqual([
      ['undeclared', 1],
      ['limit', 1],
    ]);
  });

  it('treats an absent feature as success without samples', async () => {
    const samples = await runCollectors([job({}, async () => undefined)], [], options());

    expect(values(samples, 'pgfleet_collector_success')).toEqual([1]);
    expect(values(samples, 'pgfleet_collector_samples')).toEqual([0]);
  });

  it('names skipped collectors with their reason', async () => {
    const samples = await runCollectors([], [{ collector: 'wal', reason: 'version' }], options());

    expect(samples[0]?.labels).toEqual({ collector: 'wal', reason: 'version' });
  });
});
