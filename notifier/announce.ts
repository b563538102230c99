import type { Incident } from './incident.ts';
import type { Outbox, RowKind } from './outbox.ts';
import type { Plan } from './plan.ts';
import { type Destination, route } from './routes.ts';
import type { Store } from './store.ts';
import type { Troubles } from './troubles.ts';

export interface AnnouncerParts {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly troubles: Troubles;
  readonly plan: () => Plan;
}

interface News {
  readonly incident: Incident;
  readonly kind: RowKind;
  readonly occurrence: number;
  readonly now: number;
}

/** Decides who hears of an incident and queues it for them. */
export class Announcer {
  readonly #parts: AnnouncerParts;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** Tells everybody the routes name; false when that is nobody. */
  opened(incident: Incident, now: number): boolean {
    const destinations = this.#destinations(incident);
    for (const { channel } of destinations) {
      for (const recipient of this.#recipients(channel)) {
        this.#queue(channel, recipient, { incident, kind: 'open', occurrence: 0, now });
      }
    }
    return destinations.length > 0;
  }

  /** Goes where the news of the incident went, not where the routes point by now. */
  closed(incident: Incident, now: number): void {
    const silent = new Set(
      this.#destinations(incident)
        .filter(({ resolved }) => !resolved)
        .map(({ channel }) => channel),
    );
    const told = this.#parts.store.all<{ channel: string; recipient: string }>(
      `select distinct channel, recipient from outbox
       where incident_id = :id and kind in ('open', 'repeat') and state not in ('expired', 'dead')`,
      { id: incident.id },
    );
    for (const { channel, recipient } of told) {
      if (!silent.has(channel))
        this.#queue(channel, recipient, { incident, kind: 'close', occurrence: 0, now });
    }
  }

  /** Tells recipients who never heard of a running incident, and reminds the others when it is time. */
  stillFiring(incident: Incident, now: number): void {
    for (const { channel, repeatSeconds } of this.#destinations(incident)) {
      const interval = (repeatSeconds ?? this.#parts.plan().config.repeat_interval) * 1000;
      for (const recipient of this.#recipients(channel))
        this.#remind(channel, recipient, { incident, interval, now });
    }
  }

  #remind(
    channel: string,
    recipient: string,
    about: { incident: Incident; interval: number; now: number },
  ): void {
    const { incident, interval, now } = about;
    const told = this.#parts.store.get<{ n: number; latest: number | null; waiting: number | null }>(
      `select count(*) as n, max(created_at) as latest, sum(state in ('pending', 'sending')) as waiting
       from outbox where incident_id = :id and channel = :channel and recipient = :recipient`,
      { id: incident.id, channel, recipient },
    );
    if (told === undefined || told.latest === null) {
      this.#queue(channel, recipient, { incident, kind: 'open', occurrence: 0, now });
    } else if (interval > 0 && (told.waiting ?? 0) === 0 && now - told.latest >= interval) {
      this.#queue(channel, recipient, { incident, kind: 'repeat', occurrence: told.n, now });
    }
  }

  /** Where the routes point; beside a channel that is broken, also those that stand in for it. */
  #destinations(incident: Incident): Destination[] {
    const routed = route(this.#parts.plan().config.routes, incident.labels, incident.severity);
    const substitutes = routed.flatMap((destination) =>
      this.#parts.troubles
        .substitutesIfBroken(destination.channel)
        .map((channel) => ({ ...destination, channel })),
    );
    const byChannel = new Map<string, Destination>();
    for (const one of [...routed, ...substitutes]) {
      if (!byChannel.has(one.channel)) byChannel.set(one.channel, one);
    }
    return [...byChannel.values()];
  }

  #recipients(channel: string): readonly string[] {
    return this.#parts.plan().channels.get(channel)?.channel.recipients ?? [];
  }

  #queue(channel: string, recipient: string, { incident, kind, occurrence, now }: News): void {
    const { config } = this.#parts.plan();
    this.#parts.outbox.enqueue(
      {
        ...{ channel, recipient, kind, occurrence },
        severity: incident.severity,
        about: { incidentId: incident.id },
        notBefore: now + config.merge_window[incident.severity] * 1000,
        expiresAt: now + config.max_age * 1000,
      },
      now,
    );
  }
}
