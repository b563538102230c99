import type { Catalog } from '../../catalog/catalog.ts';
import { errorMessage } from '../../lib/errors.ts';
import { type Logger, redactText } from '../../lib/log.ts';
import type { Sample } from '../../lib/metric.ts';
import { CollectorCache, RUNNER_METRICS, runCollectors } from '../../lib/run-collectors.ts';
import { type CaptureSource, capture, plan } from './arrival.ts';
import type { ClusterOf, HostCollector, Tier } from './host-collector.ts';

export interface SlowTierSettings extends CaptureSource {
  readonly tier: Tier;
  readonly ttlSeconds: number;
  readonly budgetMs: number;
  readonly collectors: readonly HostCollector[];
  readonly catalog: Catalog;
  /** Default: what is backed up is called like its cluster. */
  readonly clusterOf?: ClusterOf | undefined;
  readonly log: Logger;
}

export interface SlowTierState {
  readonly tier: Tier;
  /** Undefined before the first run has ended. */
  readonly success: boolean | undefined;
  readonly ageSeconds: number | undefined;
  /** Samples of the last complete run; none when that is too long ago. */
  readonly samples: readonly Sample[];
  readonly error: string | undefined;
}

/** First and longest pause after a failed run; never longer than the ttl. */
const FIRST_PAUSE_MS = 60_000;
/** Results older than this many ttls are not served any more. */
const MAX_STALE_TTLS = 3;

const collectorAge = RUNNER_METRICS[3];

/**
 * A group of collectors that takes seconds to minutes: it runs beside the scrapes, which serve its
 * last results with their age. One run at a time, and only while the host is scraped.
 */
export class SlowTier {
  readonly #settings: SlowTierSettings;
  readonly #cache = new CollectorCache();
  #running = false;
  #dueAt = 0;
  #failures = 0;
  #success: boolean | undefined;
  #error: string | undefined;
  #at: number | undefined;
  #samples: readonly Sample[] = [];

  constructor(settings: SlowTierSettings) {
    this.#settings = settings;
  }

  get cache(): CollectorCache {
    return this.#cache;
  }

  get settings(): SlowTierSettings {
    return this.#settings;
  }

  /** Starts a run when the last results have passed their ttl; the promise is for tests. */
  startIfDue(signal: AbortSignal): Promise<void> {
    if (this.#running || signal.aborted || this.#settings.now() < this.#dueAt) return Promise.resolve();
    this.#running = true;
    return this.#run(signal).finally(() => {
      this.#running = false;
    });
  }

  state(): SlowTierState {
    const { tier, ttlSeconds, now, collectors } = this.#settings;
    const ageSeconds = this.#at === undefined ? undefined : Math.max(0, (now() - this.#at) / 1000);
    const fresh = ageSeconds !== undefined && ageSeconds <= ttlSeconds * MAX_STALE_TTLS;
    const samples = fresh
      ? [...this.#samples, ...collectors.map(({ name: collector }) => this.#ageOf(collector))]
      : [];
    return { tier, success: this.#success, ageSeconds, samples, error: this.#error };
  }

  #ageOf(collector: string): Sample {
    const at = this.#cache.get(collector)?.at;
    return collectorAge({ collector }, at === undefined ? undefined : (this.#settings.now() - at) / 1000);
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { tier, ttlSeconds, budgetMs, collectors, catalog, clusterOf, log, now } = this.#settings;
    try {
      const arrival = await capture(this.#settings, { tiers: [tier], budgetMs, signal });
      const { jobs, skips } = plan(collectors, arrival, catalog, clusterOf);
      const samples = await runCollectors(jobs, skips, { budgetMs, signal, now, cache: this.#cache, log });
      // The runner's ages are those of this moment; `state` gives those of the scrape.
      this.#samples = samples.filter(({ family }) => family !== collectorAge.family);
      this.#at = arrival.at;
      this.#failures = 0;
      this.#success = true;
      this.#error = undefined;
      this.#dueAt = now() + ttlSeconds * 1000;
    } catch (error) {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, ttlSeconds * 1000);
      this.#failures += 1;
      this.#success = false;
      this.#error = redactText(errorMessage(error));
      this.#dueAt = now() + pause;
      log.warn({ tier, error: this.#error }, 'slow capture failed');
    }
  }
}
