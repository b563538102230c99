import { errorMessage } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Outcome } from './channel.ts';
import type { ChannelHealth } from './channel-health.ts';
import { compose } from './compose.ts';
import type { Incidents } from './incidents.ts';
import type { Message } from './message.ts';
import { messages } from './messages.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { Batch, Lane, Outbox } from './outbox.ts';
import { laneOf, type OpenChannel, type Plan } from './plan.ts';
import { redact } from './redact.ts';
import type { Settlement } from './settle.ts';
import type { Store } from './store.ts';
import { Wakeable } from './wakeable.ts';

/** A sender that says nothing for so long has died; its rows are taken up again. */
export const LEASE_MS = 60_000;
const RENEW_MS = 20_000;
/** Longest sleep: bounds the harm of a clock that was set. */
const MAX_SLEEP_MS = 30_000;
const STORE_TROUBLE_MS = 5000;
/** No channel may take longer for one request, whatever its own timeouts. */
const SEND_TIMEOUT_MS = 180_000;

export interface DeliveryParts {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly incidents: Incidents;
  readonly health: ChannelHealth;
  readonly settlement: Settlement;
  readonly metrics: NotifierMetrics;
  readonly plan: () => Plan;
  readonly alertmanagerUrl: string | undefined;
  readonly now: () => number;
  readonly log: Logger;
  /** Called when other channels may have got something to do. */
  readonly onTrouble: () => void;
}

/**
 * Sends what waits for one robot, one message at a time, urgent first. Lives from `run` to `stop`; takes
 * its channels from the plan each time, so a reload reaches it between two messages.
 */
export class RobotWorker {
  readonly #robot: string;
  readonly #parts: DeliveryParts;
  readonly #bell = new Wakeable();
  readonly #abort = new AbortController();
  #stopping = false;

  constructor(robot: string, parts: DeliveryParts) {
    this.#robot = robot;
    this.#parts = parts;
  }

  /** Something may be due earlier than thought. */
  wake(): void {
    this.#bell.ring();
  }

  /** Ends after the message that is being sent. */
  stop(): void {
    this.#stopping = true;
    this.#bell.ring();
  }

  /** Gives up the message that is being sent, too. */
  abort(): void {
    this.stop();
    this.#abort.abort();
  }

  async run(): Promise<void> {
    while (!this.#stopping) {
      const pause = await this.#step();
      if (pause > 0 && !this.#stopping) await this.#bell.sleep(pause);
    }
  }

  /** Sends at most one message; returns for how long nothing is to be done. */
  async #step(): Promise<number> {
    const { now, log, metrics } = this.#parts;
    try {
      const next = this.#nextLane();
      if (next === undefined) return MAX_SLEEP_MS;
      if (next.at > now()) return Math.min(MAX_SLEEP_MS, next.at - now());
      await this.#deliver(next.target, next.lane);
      return 0;
    } catch (error) {
      metrics.storeErrors.inc();
      log.error({ err: error, robot: this.#robot }, 'delivery pauses');
      return STORE_TROUBLE_MS;
    }
  }

  #targets(): OpenChannel[] {
    return [...this.#parts.plan().channels.values()].filter(({ robot }) => robot === this.#robot);
  }

  /** The lane that may send first; of several that may now, the one with urgent news, then the oldest. */
  #nextLane(): { lane: Lane; target: OpenChannel; at: number } | undefined {
    const now = this.#parts.now();
    const candidates = this.#parts.outbox.lanes().flatMap((lane) => {
      const target = this.#targets().find(({ name }) => name === lane.channel);
      return target === undefined ? [] : [this.#candidate(lane, target, now)];
    });
    return candidates.toSorted(
      (a, b) =>
        Math.max(a.at, now) - Math.max(b.at, now) || Number(b.urgent) - Number(a.urgent) || a.at - b.at,
    )[0];
  }

  #candidate(lane: Lane, target: OpenChannel, now: number) {
    const urgent = lane.urgent_due !== null && lane.urgent_due <= now;
    const ready = this.#parts.health.readyAt(laneOf(target, lane.recipient), urgent);
    return { lane, target, urgent, at: Math.max(ready, lane.due) };
  }

  async #deliver(target: OpenChannel, lane: Lane): Promise<void> {
    const taken = this.#take(target, lane);
    if (taken === undefined) return;
    const { batch, parts, done } = taken;
    const renewal = setInterval(() => this.#renew(batch), RENEW_MS);
    try {
      const { outcome, sent } = await this.#sendParts(target, batch, parts, done);
      this.#parts.settlement.settle(target, batch, outcome, sent);
      if (outcome.class !== 'ok') this.#parts.onTrouble();
    } finally {
      clearInterval(renewal);
    }
  }

  /** In one transaction: rows under a lease, the message saved, the rate counted. */
  #take(target: OpenChannel, lane: Lane) {
    const { store, outbox, health, settlement, incidents, plan, alertmanagerUrl } = this.#parts;
    const now = this.#parts.now();
    return store.transaction(() => {
      const batch = outbox.claim(lane, now, LEASE_MS);
      if (batch === undefined) return undefined;
      if (batch.resumed !== undefined) {
        const parts = batch.resumed.parts.map((part) => markDuplicate(part));
        health.countSend(laneOf(target, lane.recipient), now);
        return { batch, parts, done: batch.resumed.done };
      }
      const context = { incidents, now, alertmanagerUrl, timezone: plan().config.timezone };
      const parts = compose(batch, target, context);
      if (parts.length === 0) {
        settlement.nothingToSay(batch);
        return undefined;
      }
      outbox.saveMessage(batch.id, parts);
      health.countSend(laneOf(target, lane.recipient), now);
      return { batch, parts, done: 0 };
    });
  }

  async #sendParts(target: OpenChannel, batch: Batch, parts: readonly Message[], done: number) {
    let outcome: Outcome = { class: 'ok' };
    let sent = done;
    for (const part of parts.slice(done)) {
      // One after the other: the first part must arrive first, and each has to wait for its turn in the rate.
      outcome =
        sent === done || (await this.#awaitTurn(target, batch))
          ? await this.#send(target, batch, part)
          : STOPPED;
      if (outcome.class !== 'ok') return { outcome, sent };
      sent += 1;
      if (sent < parts.length) this.#parts.outbox.progress(batch.id, sent, this.#parts.now() + LEASE_MS);
    }
    return { outcome, sent };
  }

  /** False when the worker is to stop instead. The lease is renewed meanwhile. */
  async #awaitTurn(target: OpenChannel, batch: Batch): Promise<boolean> {
    const lane = laneOf(target, batch.recipient);
    while (!this.#stopping) {
      const wait = this.#parts.health.readyAt(lane, batch.urgent) - this.#parts.now();
      if (wait <= 0) {
        this.#parts.health.countSend(lane, this.#parts.now());
        return true;
      }
      await this.#bell.sleep(Math.min(wait, MAX_SLEEP_MS));
    }
    return false;
  }

  async #send(target: OpenChannel, batch: Batch, part: Message): Promise<Outcome> {
    const { health, now, log } = this.#parts;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), SEND_TIMEOUT_MS);
    const onAbort = () => timeout.abort();
    this.#abort.signal.addEventListener('abort', onAbort, { once: true });
    if (this.#abort.signal.aborted) timeout.abort();
    try {
      const memory = health.memory(target.name);
      const outcome = await target.channel.send(part, {
        recipient: batch.recipient,
        signal: timeout.signal,
        now,
        memory,
      });
      return redactOutcome(outcome, target.secrets);
    } catch (error) {
      const detail = redact(errorMessage(error), target.secrets);
      log.error({ channel: target.name, detail }, 'a channel failed where it should have classified');
      return { class: 'transient', detail };
    } finally {
      clearTimeout(timer);
      this.#abort.signal.removeEventListener('abort', onAbort);
    }
  }

  #renew(batch: Batch): void {
    try {
      this.#parts.outbox.renew(batch.id, this.#parts.now() + LEASE_MS);
    } catch (error) {
      this.#parts.log.warn({ err: error, channel: batch.channel }, 'a lease could not be renewed');
    }
  }
}

const STOPPED: Outcome = { class: 'transient', detail: 'pgfleet stops' };

function markDuplicate(part: Message): Message {
  const remark = messages(part.language).possibleDuplicate;
  return part.notes.includes(remark) ? part : { ...part, notes: [...part.notes, remark] };
}

function redactOutcome(outcome: Outcome, secrets: readonly string[]): Outcome {
  if (outcome.class !== 'ok') return { ...outcome, detail: redact(outcome.detail, secrets) };
  return outcome.reference === undefined
    ? outcome
    : { ...outcome, reference: redact(outcome.reference, secrets) };
}
