import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const answerSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ health: z.string(), scrapePool: z.string(), labels: z.record(z.string(), z.string()) }),
    ),
  }),
});

export interface TargetCount {
  readonly up: number;
  readonly all: number;
  /** Names of those that are not up: their `instance` label. */
  readonly missing: readonly string[];
}

/**
 * Waits until Prometheus reports every target as scraped with success, so many as there must be at least.
 * Gives the count of the moment when the time is over or the signal aborts.
 */
export async function waitForTargets(
  prometheusUrl: string,
  options: { readonly expected: number; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<TargetCount> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const count = await countTargets(prometheusUrl).catch(() => ({ up: 0, all: 0, missing: [] }));
    const complete = count.all >= options.expected && count.up === count.all;
    if (complete || Date.now() > deadline || options.signal.aborted) return count;
    await sleep(250, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function countTargets(prometheusUrl: string): Promise<TargetCount> {
  const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`, {
    signal: AbortSignal.timeout(2_000),
  });
  const { activeTargets } = answerSchema.parse(await response.json()).data;
  const missing = activeTargets.filter(({ health }) => health !== 'up');
  return {
    up: activeTargets.length - missing.length,
    all: activeTargets.length,
    missing: missing.map(({ labels, scrapePool }) => labels['instance'] ?? scrapePool),
  };
}
