import { createHash, randomUUID } from 'node:crypto';
import type { Severity } from './incident.ts';
import type { Message } from './message.ts';
import type { Notice } from './render.ts';
import type { Store } from './store.ts';

export type RowKind = 'open' | 'close' | 'repeat' | 'notice';

/** News for one recipient of one channel. */
export interface NewRow {
  readonly channel: string;
  readonly recipient: string;
  readonly kind: RowKind;
  readonly severity: Severity;
  /** The incident the news is about, or the notice itself. */
  readonly about: { readonly incidentId: string } | { readonly notice: Notice };
  /** Tells repeats of one incident, and notices, from each other. */
  readonly occurrence: string | number;
  readonly notBefore: number;
  readonly expiresAt: number;
}

export interface OutboxRow {
  readonly id: number;
  readonly channel: string;
  readonly recipient: string;
  readonly incident_id: string | null;
  readonly kind: RowKind;
  readonly severity: Severity;
  readonly payload_json: string | null;
  readonly attempts: number;
  readonly shrink: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly batch_id: string | null;
  readonly possible_duplicate: number;
}

/** A recipient of a channel that has news waiting. */
export interface Lane {
  readonly channel: string;
  readonly recipient: string;
  /** When the first of it may leave. */
  readonly due: number;
  /** When the first critical news may leave; null without any. */
  readonly urgent_due: number | null;
}

/** Rows that travel in one message. */
export interface Batch {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
  readonly urgent: boolean;
  readonly rows: readonly OutboxRow[];
  /** Set when the message was on its way before: it is resent as it was. */
  readonly resumed: { readonly parts: readonly Message[]; readonly done: number } | undefined;
}

/** Rows one message takes at most; the rest follows in the next one. */
const BATCH_ROWS = 500;

const COLUMNS = `id, channel, recipient, incident_id, kind, severity, payload_json, attempts, shrink, created_at,
  expires_at, batch_id, possible_duplicate`;

/**
 * The durable queue. A row is `pending` until a message takes it (`sending`, under a lease), and ends as
 * `sent`, `accepted`, `merged` into other news, `expired` or `dead`. Methods that change several rows are
 * transactions; they join the caller's.
 */
export class Outbox {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a row unless the same news is known for this recipient, in whatever state; true when added. */
  enqueue(row: NewRow, now: number): boolean {
    const incidentId = 'incidentId' in row.about ? row.about.incidentId : null;
    const key = JSON.stringify([row.channel, row.recipient, incidentId, row.kind, row.occurrence]);
    const added = this.#store.run(
      `insert or ignore into outbox (dedup_key, channel, recipient, incident_id, kind, severity, payload_json,
         state, created_at, not_before, expires_at)
       values (:dedup_key, :channel, :recipient, :incident_id, :kind, :severity, :payload_json,
         'pending', :created_at, :not_before, :expires_at)`,
      {
        dedup_key: createHash('sha256').update(key).digest('hex'),
        channel: row.channel,
        recipient: row.recipient,
        incident_id: incidentId,
        kind: row.kind,
        severity: row.severity,
        payload_json: 'notice' in row.about ? JSON.stringify(row.about.notice) : null,
        created_at: now,
        not_before: row.notBefore,
        expires_at: row.expiresAt,
      },
    );
    return added > 0;
  }

  /** Every recipient with waiting news. */
  lanes(): Lane[] {
    return this.#store.all<Lane>(
      `select channel, recipient, min(not_before) as due,
         min(case when severity = 'critical' then not_before end) as urgent_due
       from outbox where state = 'pending' group by channel, recipient`,
    );
  }

  /**
   * Takes the next message's rows of a lane under a lease. What was on its way before comes first and
   * unchanged. Then a notice travels alone; due critical news takes all critical news with it and waits
   * for nothing else; otherwise everything that waits goes together, due or not.
   */
  claim(lane: { channel: string; recipient: string }, now: number, leaseMs: number): Batch | undefined {
    return this.#store.transaction(() => {
      const rows = this.#nextRows(lane, now);
      const [first] = rows;
      if (first === undefined) return undefined;
      const id = first.batch_id ?? randomUUID();
      this.#store.run(
        `update outbox set state = 'sending', batch_id = :id, lease_until = :until
         where id in (select value from json_each(:ids))`,
        { id, until: now + leaseMs, ids: JSON.stringify(rows.map((row) => row.id)) },
      );
      const saved = first.batch_id === null ? undefined : this.#savedMessage(id);
      const urgent = rows.some(({ severity }) => severity === 'critical');
      return { id, channel: first.channel, recipient: first.recipient, urgent, rows, resumed: saved };
    });
  }

  #nextRows({ channel, recipient }: { channel: string; recipient: string }, now: number): OutboxRow[] {
    const waiting = `from outbox where state = 'pending' and channel = :channel and recipient = :recipient`;
    const lane = { channel, recipient };
    const unfinished = this.#store.all<OutboxRow>(
      `select ${COLUMNS} from outbox where state = 'pending' and channel = :channel and recipient = :recipient
         and batch_id = (select batch_id ${waiting} and batch_id is not null order by id limit 1) order by id`,
      lane,
    );
    if (unfinished.length > 0) return unfinished;
    const next = this.#store.get<OutboxRow>(
      `select ${COLUMNS} ${waiting} and not_before <= :now
       order by severity <> 'critical', id limit 1`,
      { ...lane, now },
    );
    if (next === undefined || next.payload_json !== null) return next === undefined ? [] : [next];
    return this.#store.all<OutboxRow>(
      `select ${COLUMNS} ${waiting} and payload_json is null
         and (:urgent = 0 or severity = 'critical') order by id limit :limit`,
      { ...lane, urgent: next.severity === 'critical' ? 1 : 0, limit: BATCH_ROWS },
    );
  }

  #savedMessage(batchId: string): Batch['resumed'] {
    const saved = this.#store.get<{ parts_json: string; parts_done: number }>(
      'select parts_json, parts_done from message where batch_id = :batchId',
      { batchId },
    );
    if (saved === undefined) return undefined;
    return { parts: JSON.parse(saved.parts_json) as Message[], done: saved.parts_done };
  }

  /** Keeps what is about to be sent, so that a resend is the same. */
  saveMessage(batchId: string, parts: readonly Message[]): void {
    this.#store.run(
      `insert into message (batch_id, parts_json) values (:batchId, :parts)
       on conflict (batch_id) do update set parts_json = :parts, parts_done = 0`,
      { batchId, parts: JSON.stringify(parts) },
    );
  }

  /** Notes that so many parts have arrived, and holds the lease for longer. */
  progress(batchId: string, partsDone: number, leaseUntil: number): void {
    this.#store.transaction(() => {
      this.#store.run('update message set parts_done = :partsDone where batch_id = :batchId', {
        batchId,
        partsDone,
      });
      this.renew(batchId, leaseUntil);
    });
  }

  renew(batchId: string, leaseUntil: number): void {
    this.#store.run(
      `update outbox set lease_until = :leaseUntil where batch_id = :batchId and state = 'sending'`,
      { batchId, leaseUntil },
    );
  }

  /** The end of a delivered message's rows. */
  finish(
    batchId: string,
    result: { state: 'sent' | 'accepted'; class: string; reference: string | null; now: number },
  ): void {
    this.#store.run(
      `update outbox set state = :state, sent_at = :now, last_class = :class, last_error = null,
         provider_ref = :reference, lease_until = null, batch_id = null
       where batch_id = :batchId and state = 'sending'`,
      { batchId, ...result },
    );
    this.#forgetMessage(batchId);
  }

  /**
   * Gives rows back to the queue. `freeze` keeps the message to be resent as it is; otherwise the rows
   * are rendered anew, together with what has arrived since.
   */
  release(
    batchId: string,
    result: {
      class: string;
      detail: string;
      attempt: boolean;
      shrink: boolean;
      duplicate: boolean;
      freeze: boolean;
    },
  ): void {
    this.#store.run(
      `update outbox set state = 'pending', lease_until = null, last_class = :class, last_error = :detail,
         attempts = attempts + :attempt, shrink = shrink + :shrink,
         possible_duplicate = max(possible_duplicate, :duplicate),
         batch_id = case when :freeze = 1 then batch_id end
       where batch_id = :batchId and state = 'sending'`,
      {
        batchId,
        class: result.class,
        detail: result.detail,
        attempt: Number(result.attempt),
        shrink: Number(result.shrink),
        duplicate: Number(result.duplicate),
        freeze: Number(result.freeze),
      },
    );
    if (!result.freeze) this.#forgetMessage(batchId);
  }

  /** Ends rows without delivery. A "resolved" whose "firing" nobody got would only puzzle: it ends too. */
  abandon(
    ids: readonly number[],
    state: 'merged' | 'expired' | 'dead',
    error: { class: string; detail: string },
  ): OutboxRow[] {
    const list = JSON.stringify(ids);
    return this.#store.transaction(() => {
      const rows = this.#store.all<OutboxRow>(
        `select ${COLUMNS} from outbox where id in (select value from json_each(:list)) order by id`,
        { list },
      );
      const ended = `update outbox set state = :state, lease_until = null, batch_id = null,
        last_class = :class, last_error = :detail`;
      this.#store.run(`${ended} where id in (select value from json_each(:list))`, { state, list, ...error });
      for (const { channel, recipient, incident_id, kind } of rows) {
        if (state === 'merged' || kind !== 'open' || incident_id === null) continue;
        this.#store.run(
          `${ended} where state = 'pending' and kind = 'close' and channel = :channel
             and recipient = :recipient and incident_id = :incident_id`,
          { state, channel, recipient, incident_id, ...error },
        );
      }
      for (const batchId of new Set(rows.flatMap(({ batch_id }) => batch_id ?? [])))
        this.#forgetMessage(batchId);
      return rows;
    });
  }

  /** Rows whose sender died: whether their message arrived is not known. Returns how many. */
  recover(now: number): number {
    return this.#store.run(
      `update outbox set state = 'pending', lease_until = null, possible_duplicate = 1, last_class = 'ambiguous',
         last_error = 'the sender stopped before it knew the outcome'
       where state = 'sending' and lease_until <= :now`,
      { now },
    );
  }

  /** Waiting rows that have become too old to be of use. */
  overdue(now: number): OutboxRow[] {
    return this.#store.all<OutboxRow>(
      `select ${COLUMNS} from outbox where state = 'pending' and expires_at <= :now order by id limit 5000`,
      { now },
    );
  }

  waiting(channel: string): OutboxRow[] {
    return this.#store.all<OutboxRow>(
      `select ${COLUMNS} from outbox where state = 'pending' and channel = :channel order by id`,
      { channel },
    );
  }

  #forgetMessage(batchId: string): void {
    this.#store.run('delete from message where batch_id = :batchId', { batchId });
  }
}
