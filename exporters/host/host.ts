import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { errorMessage } from '../../lib/errors.ts';
import type { ProbeOptions, ProbeRecord } from '../../lib/exporter.ts';
import { type Logger, redactText } from '../../lib/log.ts';
import { gauge, type Sample } from '../../lib/metric.ts';
import { CollectorCache, runCollectors } from '../../lib/run-collectors.ts';
import { type Arrival, capture, plan } from './arrival.ts';
import type { Capture } from './capture.ts';
import type { HostCollector } from './host-collector.ts';
import { hostErrorReason } from './host-error.ts';
import type { SlowTier } from './slow-tier.ts';
import type { Transport } from './transports/transport.ts';

const up = gauge('pgfleet_host_up', 'Whether the last capture of the host succeeded.');
const errorInfo = gauge('pgfleet_host_error', 'Why the last capture of the host failed, always 1.', [
  'reason',
]);
const complete = gauge('pgfleet_host_capture_complete', 'Whether the capture arrived to its end.');
const duration = gauge(
  'pgfleet_host_capture_duration_seconds',
  'Time from the request of the capture to its last line.',
);
const bytes = gauge('pgfleet_host_capture_bytes', 'Size of the capture.');
const captureAge = gauge(
  'pgfleet_host_capture_age_seconds',
  'Age of a capture that was recorded earlier, by its own clock.',
);
const sections = gauge('pgfleet_host_sections', 'Sections of the capture, by how reading them went.', [
  'status',
]);
const tierAge = gauge('pgfleet_host_tier_age_seconds', 'Age of the results of a slow tier.', ['tier']);
const tierSuccess = gauge('pgfleet_host_tier_success', 'Whether the last run of a slow tier succeeded.', [
  'tier',
]);

/** Families of the exporter itself, for the metrics reference and the contract tests. */
export const HOST_METRICS = [
  up,
  errorInfo,
  complete,
  duration,
  bytes,
  captureAge,
  sections,
  tierAge,
  tierSuccess,
] as const;

export interface HostSettings {
  readonly name: string;
  readonly transport: Transport;
  readonly collectors: readonly HostCollector[];
  readonly disabled: readonly HostCollector[];
  readonly slowTiers: readonly SlowTier[];
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
    const { now, log, name, slowTiers } = this.#settings;
    const startedAt = now();
    const deadline = startDeadline(budgetMs, signal);
    for (const tier of slowTiers) void tier.startIfDue(this.#closing.signal);
    try {
      const arrival = await untilAborted(this.#captureOnce(budgetMs - PARSE_MARGIN_MS), deadline.signal);
      const left = budgetMs - (now() - startedAt);
      const collected = await this.#collect(arrival, left, deadline.signal);
      this.#record(startedAt, arrival, undefined);
      return [
        ...collected,
        ...this.#aboutCapture(arrival),
        ...slowTiers.flatMap((tier) => this.#aboutTier(tier)),
      ];
    } catch (error) {
      const reason = hostErrorReason(error);
      const message = redactText(errorMessage(error));
      if (this.#last?.record.error !== message)
        log.warn({ host: name, reason, error: message }, 'capture failed');
      this.#record(startedAt, undefined, message);
      return [up(0), errorInfo({ reason }, 1), ...slowTiers.flatMap((tier) => this.#aboutTier(tier))];
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
    const request = { tiers: ['fast'], budgetMs, signal: this.#closing.signal } as const;
    this.#flight ??= capture(this.#settings, request).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  #collect(arrival: Arrival, budgetMs: number, signal: AbortSignal): Promise<readonly Sample[]> {
    const { collectors, disabled, log, now } = this.#settings;
    const here = arrival.live ? collectors.filter(({ tier }) => tier === 'fast') : collectors;
    const { jobs, skips } = plan(here, arrival);
    for (const { name } of disabled) skips.push({ collector: name, reason: 'disabled' });
    return runCollectors(jobs, skips, { budgetMs, signal, now, cache: this.#cache, log });
  }

  #aboutCapture(arrival: Arrival): Sample[] {
    const { capture: captured, durationMs } = arrival;
    const counts = new Map<string, number>();
    for (const { status } of captured.sections.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
    const time = captured.header?.time;
    return [
      up(1),
      complete(captured.complete ? 1 : 0),
      duration(durationMs / 1000),
      bytes(arrival.bytes),
      captureAge(arrival.live || time === undefined ? undefined : Math.max(0, arrival.at / 1000 - time)),
      ...[...counts].map(([status, count]) => sections({ status }, count)),
    ];
  }

  #aboutTier(tier: SlowTier): Sample[] {
    const { tier: name, ageSeconds, success, samples } = tier.state();
    const labels = { tier: name };
    return [
      ...samples,
      tierAge(labels, ageSeconds),
      tierSuccess(labels, success === undefined ? undefined : Number(success)),
    ];
  }

  #record(startedAt: number, arrival: Arrival | undefined, error: string | undefined): void {
    const at = this.#settings.now();
    const before = this.#last?.record;
    if (error === undefined && before?.error !== undefined) {
      this.#settings.log.info({ host: this.#settings.name }, 'capture recovered');
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
