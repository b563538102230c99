import type { ChannelHealth } from './channel-health.ts';
import { messages } from './messages.ts';
import type { Outbox, OutboxRow } from './outbox.ts';
import type { Plan } from './plan.ts';
import type { Notice } from './render.ts';

/** What the notifier does when a channel cannot do its work: tell people, and let another channel take over. */
export class Troubles {
  readonly #outbox: Outbox;
  readonly #health: ChannelHealth;
  readonly #plan: () => Plan;

  constructor(outbox: Outbox, health: ChannelHealth, plan: () => Plan) {
    this.#outbox = outbox;
    this.#health = health;
    this.#plan = plan;
  }

  /** A channel, or one of its recipients, needs a person. What waits for it goes to the fallback channels too. */
  broken(channel: string, detail: string, rows: readonly OutboxRow[], now: number): void {
    const hours = this.#maxAgeHours();
    this.#tell(channel, `broken:${channel}:${now}`, now, (words) => [
      words.notice.broken(channel, detail),
      words.notice.brokenAdvice(rows.length, hours),
    ]);
    this.#takeOver(channel, rows, now);
  }

  /** The provider will never take these. */
  dead(channel: string, detail: string, rows: readonly OutboxRow[], now: number): void {
    this.#takeOver(channel, rows, now);
    if (onlyNotices(rows)) return;
    this.#tell(channel, `dead:${channel}:${rows[0]?.id}`, now, (words) => [
      words.notice.dead(channel, rows.length, detail),
    ]);
  }

  /** These waited for too long. */
  expired(channel: string, rows: readonly OutboxRow[], now: number): void {
    this.#takeOver(channel, rows, now);
    if (onlyNotices(rows)) return;
    const hours = this.#maxAgeHours();
    this.#tell(channel, `expired:${channel}:${rows[0]?.id}`, now, (words) => [
      words.notice.expired(channel, rows.length, hours),
    ]);
  }

  /** The channels that stand in for this one: those configured, as far as they work. */
  substitutes(channel: string): string[] {
    return this.#plan().config.fallback.filter((name) => name !== channel && !this.#health.isBroken(name));
  }

  /** Those channels while this one is broken, else none. */
  substitutesIfBroken(channel: string): string[] {
    return this.#health.isBroken(channel) ? this.substitutes(channel) : [];
  }

  /** Queues the rows' alerts for the substitutes; what those know already is not queued twice. */
  #takeOver(channel: string, rows: readonly OutboxRow[], now: number): void {
    for (const row of rows) {
      if (row.incident_id === null || (row.kind !== 'open' && row.kind !== 'repeat')) continue;
      for (const name of this.substitutes(channel)) {
        for (const recipient of this.#plan().channels.get(name)?.channel.recipients ?? []) {
          this.#outbox.enqueue(
            {
              channel: name,
              recipient,
              kind: 'open',
              severity: row.severity,
              about: { incidentId: row.incident_id },
              occurrence: 0,
              notBefore: now,
              expiresAt: this.#expiry(now),
            },
            now,
          );
        }
      }
    }
  }

  /** Sends a notice through the substitutes, else through the first other channel that works. */
  #tell(
    about: string,
    occurrence: string,
    now: number,
    texts: (words: ReturnType<typeof messages>) => readonly string[],
  ): void {
    const { channels } = this.#plan();
    const others = [...channels.keys()].filter((name) => name !== about && !this.#health.isBroken(name));
    const [substitute = others[0]] = this.substitutes(about);
    if (substitute === undefined) return;
    const en = texts(messages('en'));
    const zh = texts(messages('zh'));
    const notice: Notice = {
      severity: 'warning',
      title: { en: en[0] ?? '', zh: zh[0] ?? '' },
      lines: en.slice(1).map((line, index) => ({ en: line, zh: zh[index + 1] ?? line })),
    };
    for (const recipient of channels.get(substitute)?.channel.recipients ?? []) {
      this.#outbox.enqueue(
        {
          channel: substitute,
          recipient,
          kind: 'notice',
          severity: 'warning',
          about: { notice },
          occurrence,
          notBefore: now,
          expiresAt: this.#expiry(now),
        },
        now,
      );
    }
  }

  #expiry(now: number): number {
    return now + this.#plan().config.max_age * 1000;
  }

  #maxAgeHours(): number {
    return Math.round(this.#plan().config.max_age / 360) / 10;
  }
}

function onlyNotices(rows: readonly OutboxRow[]): boolean {
  return rows.every(({ kind }) => kind === 'notice');
}
