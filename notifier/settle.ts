import type { Logger } from '../lib/log.ts';
import type { Audit } from './audit.ts';
import type { Outcome } from './channel.ts';
import type { ChannelHealth } from './channel-health.ts';
import { REFUSALS_UNTIL_DEAD } from './compose.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { Batch, Outbox } from './outbox.ts';
import { laneOf, type OpenChannel } from './plan.ts';
import type { Store } from './store.ts';
import type { Troubles } from './troubles.ts';

export interface SettlementParts {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly health: ChannelHealth;
  readonly troubles: Troubles;
  readonly audit: Audit;
  readonly metrics: NotifierMetrics;
  readonly now: () => number;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
  readonly log: Logger;
}

type Refusal = Exclude<Outcome, { class: 'ok' }>;

/** Writes down what came of a message and what follows from it: one transaction per message. */
export class Settlement {
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** `sent` is the number of the message's parts that have arrived, in this attempt or before. */
  settle(target: OpenChannel, batch: Batch, outcome: Outcome, sent: number): void {
    const { store, metrics, log } = this.#parts;
    store.transaction(() => {
      if (outcome.class === 'ok') this.#delivered(target, batch, outcome);
      else this.#refused(target, batch, outcome, sent);
    });
    metrics.deliveries.inc({ channel: batch.channel, outcome: outcome.class });
    const facts = { channel: batch.channel, outcome: outcome.class, rows: batch.rows.length };
    if (outcome.class === 'ok') log.info(facts, 'message delivered');
    else log.warn({ ...facts, detail: outcome.detail }, 'message not delivered');
  }

  /** Rows that other news has overtaken. */
  nothingToSay(batch: Batch): void {
    this.#parts.outbox.abandon(
      batch.rows.map(({ id }) => id),
      'merged',
      { class: 'ok', detail: 'over before it was said' },
    );
    this.#parts.metrics.messages.inc({ channel: batch.channel, end: 'merged' }, batch.rows.length);
  }

  #delivered(target: OpenChannel, batch: Batch, outcome: Extract<Outcome, { class: 'ok' }>): void {
    const { outbox, health, audit, metrics, log } = this.#parts;
    const now = this.#parts.now();
    const state = outcome.accepted === true ? 'accepted' : 'sent';
    outbox.finish(batch.id, { state, class: 'ok', reference: outcome.reference ?? null, now });
    metrics.messages.inc({ channel: batch.channel, end: state }, batch.rows.length);
    for (const row of batch.rows)
      metrics.delay.observe({ channel: batch.channel }, (now - row.created_at) / 1000);
    if (!health.succeeded(laneOf(target, batch.recipient), now)) return;
    audit.write('channel works again', batch.channel, '');
    log.info({ channel: batch.channel }, 'channel works again');
  }

  #refused(target: OpenChannel, batch: Batch, outcome: Refusal, sent: number): void {
    const { outbox, health } = this.#parts;
    const now = this.#parts.now();
    const { detail } = outcome;
    const lane = laneOf(target, batch.recipient);
    // Once it, or a part of it, may have arrived, a resend must be the same.
    const resumed = batch.resumed !== undefined || sent > 0;
    const back = {
      class: outcome.class,
      detail,
      attempt: true,
      shrink: false,
      duplicate: false,
      freeze: resumed,
    };
    switch (outcome.class) {
      case 'rate_limited': {
        const { penaltySeconds } = target.channel.limits;
        health.banned(lane, { retryAfterSeconds: outcome.retryAfterSeconds, penaltySeconds, detail, now });
        outbox.release(batch.id, { ...back, attempt: false });
        break;
      }
      case 'transient':
      case 'ambiguous': {
        const ambiguous = outcome.class === 'ambiguous';
        const random = this.#parts.random();
        health.failed(lane, { class: outcome.class, detail, urgent: batch.urgent, random, now });
        outbox.release(batch.id, { ...back, duplicate: ambiguous, freeze: resumed || ambiguous });
        break;
      }
      case 'payload':
        this.#refusedContent(batch, detail, { ...back, shrink: true, duplicate: resumed, freeze: false });
        break;
      case 'config':
        outbox.release(batch.id, { ...back, attempt: false });
        this.#broke(target, batch, outcome, now);
        break;
      default:
        outcome satisfies never;
    }
  }

  #refusedContent(batch: Batch, detail: string, back: Parameters<Outbox['release']>[1]): void {
    const { outbox, troubles, audit, metrics } = this.#parts;
    if (Math.max(...batch.rows.map(({ shrink }) => shrink)) + 1 < REFUSALS_UNTIL_DEAD) {
      outbox.release(batch.id, back);
      return;
    }
    const ids = batch.rows.map(({ id }) => id);
    outbox.abandon(ids, 'dead', { class: 'payload', detail });
    metrics.messages.inc({ channel: batch.channel, end: 'dead' }, ids.length);
    audit.write('message refused for good', batch.channel, detail);
    troubles.dead(batch.channel, detail, batch.rows, this.#parts.now());
  }

  #broke(
    target: OpenChannel,
    batch: Batch,
    { detail, recipientOnly = false }: { detail: string; recipientOnly?: boolean },
    now: number,
  ): void {
    const { outbox, health, troubles, audit, log } = this.#parts;
    const isNews = health.broke(laneOf(target, batch.recipient), { detail, recipientOnly, now });
    if (!isNews) return;
    audit.write('channel broken', batch.channel, detail);
    log.error({ channel: batch.channel, detail }, 'channel broken, its messages are held');
    const waiting = outbox
      .waiting(batch.channel)
      .filter(({ recipient }) => !recipientOnly || recipient === batch.recipient);
    troubles.broken(batch.channel, detail, waiting, now);
  }
}
