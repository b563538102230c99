import { randomUUID } from 'node:crypto';
import { PgfleetError } from '../lib/errors.ts';
import type { Snapshot } from './alertmanager.ts';
import type { Announcer } from './announce.ts';
import { type Alert, type AlertState, type Incident, severityOf } from './incident.ts';
import type { Incidents } from './incidents.ts';
import type { Store } from './store.ts';
import { type Transition, transition } from './transitions.ts';

/** Below this the store takes nothing new: a full disk must not stop deliveries half way. */
const MIN_FREE_BYTES = 32 * 1024 * 1024;
/** Waiting rows from which on Alertmanager has to keep its news for later. */
const MAX_WAITING_ROWS = 200_000;

/** What a snapshot changed; `unrouted` alerts opened an incident of which nobody was told. */
export interface IngestResult {
  readonly transitions: Readonly<Record<Transition, number>>;
  readonly unrouted: number;
}

/** The raw body, kept for forensics. */
export interface RawBody {
  readonly sha256: string;
  readonly gzipped: Uint8Array;
}

export interface IngestParts {
  readonly store: Store;
  readonly incidents: Incidents;
  readonly announcer: Announcer;
  readonly now: () => number;
}

/**
 * Takes a snapshot in: compares it with what is known and queues what people have to hear. One
 * transaction, on disk when it returns. Throws PgfleetError `storage`, and then nothing has changed.
 */
export class Ingest {
  readonly #parts: IngestParts;
  readonly #truncated = new Map<string, Set<string>>();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** The receivers of a source whose snapshots lacked alerts since this was last asked. */
  takeTruncated(source: string): ReadonlySet<string> {
    const receivers = this.#truncated.get(source) ?? new Set();
    this.#truncated.delete(source);
    return receivers;
  }

  apply(source: string, snapshot: Snapshot, raw: RawBody | undefined): IngestResult {
    const now = this.#parts.now();
    this.#checkRoom();
    if (snapshot.truncated > 0) {
      const receivers = this.#truncated.get(source) ?? new Set();
      this.#truncated.set(source, receivers.add(snapshot.receiver));
    }
    return this.#parts.store.transaction(() => {
      if (raw !== undefined) this.#keep(source, raw, now);
      const transitions = { open: 0, close: 0, unchanged: 0, nothing: 0, stale: 0 };
      let unrouted = 0;
      for (const alert of snapshot.alerts) {
        const known = this.#parts.incidents.state(source, alert.fingerprint);
        const change = transition(known, alert, now);
        transitions[change] += 1;
        if (change === 'open') unrouted += this.#open(source, snapshot, alert, now);
        if (change === 'close' && known !== undefined) this.#close(source, alert, known, now);
        if (change === 'unchanged' && known !== undefined) this.#update(source, alert, known, now);
        if (change === 'nothing') this.#noteResolved(source, alert, known, now);
      }
      return { transitions, unrouted };
    });
  }

  /** Ends an incident of which Alertmanager knows nothing any more. */
  closeVanished(incident: Incident): void {
    const now = this.#parts.now();
    this.#parts.store.transaction(() => {
      const known = this.#parts.incidents.state(incident.source, incident.fingerprint);
      if (known?.incidentId !== incident.id || known.status !== 'firing') return;
      const state = { ...known, status: 'resolved' as const, endsAt: now, closedAt: now };
      this.#parts.incidents.setState(incident.source, incident.fingerprint, state, now);
      this.#parts.incidents.close(incident.id, { endsAt: now, endKnown: false, now });
      this.#parts.announcer.closed(incident, now);
    });
  }

  #checkRoom(): void {
    const free = this.#parts.store.freeBytes();
    if (free < MIN_FREE_BYTES) {
      throw new PgfleetError(
        'storage',
        `expected ${MIN_FREE_BYTES} bytes free for the notifier, found ${free}`,
      );
    }
    const waiting = this.#parts.store.get<{ n: number }>(
      `select count(*) as n from (select 1 from outbox where state = 'pending' limit :limit)`,
      { limit: MAX_WAITING_ROWS },
    );
    if ((waiting?.n ?? 0) >= MAX_WAITING_ROWS) {
      throw new PgfleetError(
        'storage',
        `expected fewer than ${MAX_WAITING_ROWS} waiting messages, found as many`,
      );
    }
  }

  #keep(source: string, { sha256, gzipped }: RawBody, now: number): void {
    this.#parts.store.run(
      `insert into inbox (source, sha256, first_received_at, last_received_at, received_count, body_gz)
       values (:source, :sha256, :now, :now, 1, :gzipped)
       on conflict (source, sha256) do update set last_received_at = :now, received_count = received_count + 1`,
      { source, sha256, now, gzipped },
    );
  }

  /** Returns 1 when nobody is to be told of an alert that is meant for people. */
  #open(source: string, { externalUrl, truncated }: Snapshot, alert: Alert, now: number): number {
    const severity = severityOf(alert.labels);
    const { fingerprint, labels, annotations, generatorUrl, startsAt } = alert;
    const id = severity === undefined ? undefined : randomUUID();
    const state = {
      status: 'firing' as const,
      startsAt,
      endsAt: undefined,
      closedAt: undefined,
      incidentId: id,
    };
    this.#parts.incidents.setState(source, fingerprint, state, now);
    if (severity === undefined || id === undefined) return 0;
    const incident: Incident = {
      ...{ id, source, fingerprint, severity, labels, annotations, generatorUrl, externalUrl, startsAt },
      ...{ endsAt: undefined, openedAt: now, closedAt: undefined, endKnown: true, truncated },
    };
    this.#parts.incidents.open(incident);
    return this.#parts.announcer.opened(incident, now) ? 0 : 1;
  }

  #close(source: string, alert: Alert, known: AlertState, now: number): void {
    const endsAt = alert.endsAt ?? now;
    const state = { ...known, status: 'resolved' as const, endsAt, closedAt: now };
    this.#parts.incidents.setState(source, alert.fingerprint, state, now);
    const incident =
      known.incidentId === undefined ? undefined : this.#parts.incidents.byId(known.incidentId);
    if (incident === undefined) return;
    this.#parts.incidents.refresh(incident, alert);
    this.#parts.incidents.close(incident.id, { endsAt, endKnown: true, now });
    this.#parts.announcer.closed(incident, now);
  }

  #update(source: string, alert: Alert, known: AlertState, now: number): void {
    const state = { ...known, startsAt: Math.min(known.startsAt, alert.startsAt) };
    this.#parts.incidents.setState(source, alert.fingerprint, state, now);
    const incident =
      known.incidentId === undefined ? undefined : this.#parts.incidents.byId(known.incidentId);
    if (incident === undefined) return;
    this.#parts.incidents.refresh(incident, alert);
    this.#parts.announcer.stillFiring(incident, now);
  }

  #noteResolved(source: string, alert: Alert, known: AlertState | undefined, now: number): void {
    const { startsAt, endsAt } = alert;
    const state = known ?? {
      status: 'resolved',
      startsAt,
      endsAt,
      closedAt: undefined,
      incidentId: undefined,
    };
    this.#parts.incidents.setState(source, alert.fingerprint, state, now);
  }
}
