import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { errorMessage } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { ChannelHealth } from './channel-health.ts';
import type { Incidents } from './incidents.ts';
import type { Plan } from './plan.ts';
import type { Store } from './store.ts';

/** What the gauges are read from at every scrape. */
export interface MetricSources {
  readonly store: Store;
  readonly health: ChannelHealth;
  readonly incidents: Incidents;
  readonly plan: () => Plan;
  readonly now: () => number;
  readonly log: Logger;
}

export interface NotifierMetrics {
  readonly received: Counter<'source' | 'result'>;
  readonly transitions: Counter<'source' | 'transition'>;
  readonly unreadable: Counter<'source'>;
  readonly truncated: Counter<'source'>;
  readonly unrouted: Counter<'source'>;
  readonly deliveries: Counter<'channel' | 'outcome'>;
  readonly messages: Counter<'channel' | 'end'>;
  readonly delay: Histogram<'channel'>;
  readonly storeErrors: Counter;
}

/** Registers the notifier's own metrics. */
export function createMetrics(registry: Registry): NotifierMetrics {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter<L>({ name: `pgfleet_notifier_${name}`, help, labelNames, registers });
  return {
    received: counter('received_total', 'Webhook requests by result.', ['source', 'result']),
    transitions: counter('transitions_total', 'Alerts received, by what they changed.', [
      'source',
      'transition',
    ]),
    unreadable: counter('unreadable_alerts_total', 'Alerts skipped because they could not be read.', [
      'source',
    ]),
    truncated: counter('truncated_alerts_total', 'Alerts that Alertmanager left out (max_alerts).', [
      'source',
    ]),
    unrouted: counter('unrouted_alerts_total', 'Alerts that no route sends to anybody.', ['source']),
    deliveries: counter('deliveries_total', 'Requests to channels by outcome.', ['channel', 'outcome']),
    messages: counter('messages_total', 'Outbox rows by how they ended.', ['channel', 'end']),
    delay: new Histogram({
      name: 'pgfleet_notifier_delivery_delay_seconds',
      help: 'Time from the commit of a piece of news to its delivery.',
      labelNames: ['channel'],
      buckets: [1, 5, 15, 30, 60, 120, 300, 900, 3600, 14_400, 86_400],
      registers,
    }),
    storeErrors: counter('store_errors_total', 'Failed accesses to the durable store.', []),
  };
}

/** Registers the gauges that describe the store as it is now. A store that cannot be read leaves them empty. */
export function registerStoreGauges(
  registry: Registry,
  sources: MetricSources,
  metrics: NotifierMetrics,
): void {
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    read: (gauge: Gauge<L>) => void,
  ) =>
    new Gauge<L>({
      name: `pgfleet_notifier_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        try {
          read(this);
        } catch (error) {
          // A throw here would cost the whole scrape.
          metrics.storeErrors.inc();
          sources.log.warn({ reason: errorMessage(error) }, 'a notifier gauge could not be read');
        }
      },
    });
  const { store, health, incidents, plan, now } = sources;
  gauge('outbox_pending', 'News waiting for delivery.', ['channel'], (self) => {
    for (const channel of plan().channels.keys()) self.set({ channel }, 0);
    for (const { channel, n } of waiting(store)) self.set({ channel }, n);
  });
  gauge(
    'outbox_oldest_pending_seconds',
    'Age of the oldest news that waits; 0 when none does.',
    [],
    (self) => {
      const oldest = Math.min(...waiting(store).map((row) => row.oldest));
      self.set(Number.isFinite(oldest) ? Math.max(0, (now() - oldest) / 1000) : 0);
    },
  );
  gauge('channel_broken', '1 while only a person can mend the channel.', ['channel'], (self) => {
    for (const channel of plan().channels.keys()) self.set({ channel }, Number(health.isBroken(channel)));
  });
  gauge('channel_banned', '1 while the provider refuses the channel for its rate.', ['channel'], (self) => {
    for (const { name, robot } of plan().channels.values()) {
      self.set({ channel: name }, Number(health.channel(robot).banned_until > now()));
    }
  });
  gauge('last_delivery_timestamp_seconds', 'When the channel last delivered.', ['channel'], (self) => {
    for (const channel of plan().channels.keys()) {
      const at = health.channel(channel).last_ok_at;
      if (at !== null) self.set({ channel }, at / 1000);
    }
  });
  gauge('incidents_open', 'Incidents that are not over.', [], (self) => self.set(incidents.countRunning()));
}

function waiting(store: Store): { channel: string; n: number; oldest: number }[] {
  return store.all(
    `select channel, count(*) as n, min(created_at) as oldest
     from outbox where state in ('pending', 'sending') group by channel`,
  );
}
