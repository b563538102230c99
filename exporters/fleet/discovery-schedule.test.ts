import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../lib/log.ts';
import type { Discovery } from './discoverer.ts';
import { type DiscoverySchedule, startDiscoverySchedule } from './discovery-schedule.ts';

const log = createLogger({ name: 'test', level: 'silent' });

function found(endedAt: number): Discovery {
  return { instances: [], sightings: [], gaps: [], runs: [], startedAt: 0, endedAt };
}

let schedule: DiscoverySchedule | undefined;

afterEach(() => schedule?.close());

function start(
  look: (signal: AbortSignal, previous: Discovery | undefined) => Promise<Discovery>,
): DiscoverySchedule {
  schedule = startDiscoverySchedule({ intervalSeconds: 0.05, firstAfterSeconds: 0, look, log });
  return schedule;
}

describe('looking around in the background', () => {
  it('goes on at its interval and hands the last look to the next', async () => {
    const previous: (number | undefined)[] = [];
    const running = start(async (_signal, last) => {
      previous.push(last?.endedAt);
      return found(previous.length);
    });

    await expect.poll(() => previous.length).toBeGreaterThan(2);
    expect(previous.slice(0, 3)).toEqual([undefined, 1, 2]);
    expect(running.latest()?.endedAt).toBeGreaterThan(1);
  });

  it('keeps the last result when a look fails', async () => {
    let looks = 0;
    const running = start(async () => {
      looks += 1;
      if (looks > 1) throw new Error('no');
      return found(1);
    });

    await expect.poll(() => looks).toBeGreaterThan(3);
    expect(running.latest()?.endedAt).toBe(1);
  });

  it('looks again when asked, never twice at once', async () => {
    let open = 0;
    let most = 0;
    const releases: (() => void)[] = [];
    const running = startDiscoverySchedule({
      intervalSeconds: 1000,
      firstAfterSeconds: 0,
      log,
      look: async () => {
        open += 1;
        most = Math.max(most, open);
        await new Promise<void>((resolve) => releases.push(resolve));
        open -= 1;
        return found(releases.length);
      },
    });
    schedule = running;
    await expect.poll(() => releases.length).toBe(1);
    running.again();
    running.again();
    releases[0]?.();

    await expect.poll(() => releases.length).toBe(2);
    releases[1]?.();
    await expect.poll(() => running.latest()?.endedAt).toBe(2);
    await sleep(50);
    expect(releases).toHaveLength(2);
    running.again();
    await expect.poll(() => releases.length).toBe(3);
    releases[2]?.();
    expect(most).toBe(1);
  });

  it('ends the look under way when it is closed, and looks no more', async () => {
    let ended = false;
    let looks = 0;
    const running = start(async (signal) => {
      looks += 1;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      ended = true;
      return found(1);
    });
    await expect.poll(() => looks).toBe(1);
    await running.close();

    expect(ended).toBe(true);
    expect(running.latest()).toBeUndefined();
    await sleep(100);
    expect(looks).toBe(1);
  });
});
