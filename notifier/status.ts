import type { ChannelHealth } from './channel-health.ts';
import type { Incidents } from './incidents.ts';
import type { Plan } from './plan.ts';
import type { Store } from './store.ts';

/** For pages and the command line. Times are milliseconds since the epoch; texts are free of secrets. */
export interface ChannelStatus {
  readonly name: string;
  readonly type: string;
  readonly waiting: number;
  readonly oldestWaitingAt: number | undefined;
  readonly lastDeliveryAt: number | undefined;
  readonly brokenSince: number | undefined;
  readonly bannedUntil: number | undefined;
  readonly lastError: string | undefined;
}

export interface NotifierStatus {
  readonly runningIncidents: number;
  readonly channels: readonly ChannelStatus[];
}

export function readStatus(parts: {
  readonly store: Store;
  readonly health: ChannelHealth;
  readonly incidents: Incidents;
  readonly plan: () => Plan;
}): NotifierStatus {
  const waiting = parts.store.all<{ channel: string; n: number; oldest: number }>(
    `select channel, count(*) as n, min(created_at) as oldest
     from outbox where state in ('pending', 'sending') group by channel`,
  );
  const channels = [...parts.plan().channels.values()].map(({ name, type, robot }): ChannelStatus => {
    const state = parts.health.channel(name);
    const rows = waiting.find(({ channel }) => channel === name);
    return {
      name,
      type,
      waiting: rows?.n ?? 0,
      oldestWaitingAt: rows?.oldest,
      lastDeliveryAt: state.last_ok_at ?? undefined,
      brokenSince: state.broken_since ?? undefined,
      bannedUntil: parts.health.channel(robot).banned_until || undefined,
      lastError: state.last_error ?? undefined,
    };
  });
  return { runningIncidents: parts.incidents.countRunning(), channels };
}
