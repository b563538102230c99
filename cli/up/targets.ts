import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const answerSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ health: z.string(), scrapePool: z.string(), labels: z.record(z.string(), z.string()) }),
    ),
  }),
});

const vectorSchema = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

export interface TargetCount {
  readonly scraped: number;
  readonly all: number;
  /** The `instance` label of those that were not scraped yet. */
  readonly missing: readonly string[];
  /** The same of servers and hosts whose exporter answered that they do not. */
  readonly silent: readonly string[];
}

/**
 * Waits until Prometheus reports every target as scraped with success, so many as there must be at least. Whether a
 * server behind a target answers is another matter: one that does not is counted as silent and not waited for.
 * Gives the count of the moment when the time is over or the signal aborts.
 */
export async function waitForTargets(
  prometheusUrl: string,
  options: { readonly expected: number; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<TargetCount> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const count = await countTargets(prometheusUrl).catch(() => NOTHING);
    const complete = count.all >= options.expected && count.scraped === count.all;
    if (complete || Date.now() > deadline || options.signal.aborted) return count;
    await sleep(250, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

const NOTHING: TargetCount = { scraped: 0, all: 0, missing: [], silent: [] };

async function countTargets(prometheusUrl: string): Promise<TargetCount> {
  const { activeTargets } = answerSchema.parse(
    await ask(`${prometheusUrl}/api/v1/targets?state=active`),
  ).data;
  const missing = activeTargets.filter(({ health }) => health !== 'up');
  const { result } = vectorSchema.parse(await ask(`${prometheusUrl}/api/v1/query?query=${SILENT}`)).data;
  return {
    scraped: activeTargets.length - missing.length,
    all: activeTargets.length,
    missing: missing.map(({ labels, scrapePool }) => labels['instance'] ?? scrapePool),
    silent: result.map(({ metric }) => metric['instance'] ?? '?').sort(),
  };
}

const SILENT = encodeURIComponent('pg_up == 0 or pgfleet_host_up == 0');

async function ask(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  return response.json();
}
