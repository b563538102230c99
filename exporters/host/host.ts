import type { Catalog } from '../../catalog/catalog.ts';
import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { errorMessage } from '../../lib/errors.ts';
import type { ProbeOptions, ProbeRecord } from '../../lib/exporter.ts';
import { type Logger, redactText } from '../../lib/log.ts';
import type { Sample } from '../../lib/metric.ts';
import { CollectorCache, runCollectors } from '../../lib/run-collectors.ts';
import { type Arrival, capture, plan } from './arrival.ts';
import type { Capture } from './capture.ts';
import { failure, tierSamples } from './collectors/capture.ts';
import { coverageSamples } from './coverage.ts';
import { type ClusterOf, type HostCollector, isScraped, SCRAPED_TIERS } from './host-collector.ts';
import { hostErrorReason } from './host-error.ts';
import { nodeScrapeSamples } from './node-scrape.ts';
import type { SlowTier } from './slow-tier.ts';
import type { Transport } from './transports/transport.ts';

export interface HostSettings {
  readonly name: string;
  readonly transport: Transport;
  readonly collectors: readonly HostCollector[];
  readonly disabled: readonly HostCollector[];
  readonly slowTiers: readonly SlowTier[];
  readonly catalog: Catalog;
  /** Default: what is backed up is called like its cluster. */
  readonly clusterOf?: ClusterOf | undefined;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Time kept for parsing after the capture is here. */
const PARSE_MARGIN_MS = 250;

/** One host: its transport, the capture in flight and what is cached of it. */
export class Host {
  readonly #settings: HostSettings;
  readonly #cache = new CollectorCache();
  readonly #closing = new AbortController();
  #flight: Promise<Arrival> | undefined;
  #last: { readonly record: ProbeRecord; readonly arrival: Arrival | undefined } | undefined;

  constructor(settings: HostSettings) {
    this.#settings = settings;
  }

  get lastProbe(): ProbeRecord | undefined {
    return this.#last?.record;
  }

  get cache(): CollectorCache {
    return this.#cache;
  }

  /** The last capture that arrived. */
  get lastArrival(): Arrival | undefined {
    return this.#last?.arrival;
  }

  get settings(): HostSettings {
    return this.#settings;
  }

  /** Never throws for a failing host: that is `pgfleet_host_up 0` and the reason. */
  async probe({ budgetMs, signal }: ProbeOptions): Promise<readonly Sample[]> {
    const { now, log, slowTiers } = this.#settings;
    const startedAt = now();
    const deadline = startDeadline(budgetMs, signal);
    for (const tier of slowTiers) void tier.startIfDue(this.#closing.signal);
    try {
      const arrival = await untilAborted(this.#captureOnce(budgetMs - PARSE_MARGIN_MS), deadline.signal);
      const left = budgetMs - (now() - startedAt);
      const collected = await this.#collect(arrival, left, deadline.signal);
      this.#record(startedAt, arrival, undefined);
      const samples = [...collected, ...slowTiers.flatMap((tier) => tierSamples(tier.state()))];
      return [...samples, ...coverageSamples(samples)];
    } catch (error) {
      const reason = hostErrorReason(error);
      const message = redactText(errorMessage(error));
      // A client that went away says nothing about the host.
      if (!signal.aborted) {
        if (this.lastProbe?.error !== message) log.warn({ reason, error: message }, 'capture failed');
        this.#record(startedAt, undefined, message);
      }
      return [...failure(reason), ...slowTiers.flatMap((tier) => tierSamples(tier.state()))];
    } finally {
      deadline.clear();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#settings.transport.close();
  }

  /** Scrapes at the same time share one capture; it goes on when its first caller goes away. */
  #captureOnce(budgetMs: number): Promise<Arrival> {
    const { collectors } = this.#settings;
    const tiers = SCRAPED_TIERS.filter(
      (one) => one === 'fast' || collectors.some(({ tier }) => tier === one),
    );
    const request = { tiers, budgetMs, signal: this.#closing.signal };
    this.#flight ??= capture(this.#settings, request).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #collect(arrival: Arrival, budgetMs: number, signal: AbortSignal): Promise<readonly Sample[]> {
    const { collectors, disabled, catalog, clusterOf, log, now } = this.#settings;
    const here = arrival.live ? collectors.filter(({ tier }) => isScraped(tier)) : collectors;
    const { jobs, skips } = plan(here, arrival, catalog, clusterOf);
    for (const { name } of disabled) skips.push({ collector: name, reason: 'disabled' });
    const samples = await runCollectors(jobs, skips, { budgetMs, signal, now, cache: this.#cache, log });
    return [...samples, ...nodeScrapeSamples(samples, here)];
  }

  #record(startedAt: number, arrival: Arrival | undefined, error: string | undefined): void {
    const at = this.#settings.now();
    const before = this.#last?.record;
    if (error === undefined && before?.error !== undefined) {
      this.#settings.log.info('capture recovered');
    }
    const record: ProbeRecord = {
      up: error === undefined,
      at,
      durationMs: at - startedAt,
      version: arrival === undefined ? before?.version : systemOf(arrival.capture),
      role: undefined,
      error,
    };
    this.#last = { record, arrival: arrival ?? this.#last?.arrival };
  }
}

/** "Linux 6.1.0" for the status page. */
function systemOf({ sections: found }: Capture): string | undefined {
  const release = /\/osrelease\t(?<release>[\w.+~-]+)/.exec(found.get('kernel')?.output ?? '')?.groups?.[
    'release'
  ];
  return release === undefined ? undefined : `Linux ${release}`;
}
