import { z } from 'zod';
import type { Memory } from './channel.ts';
import { nextSendAt, type RateWindow, remember } from './rate-limit.ts';
import type { Store } from './store.ts';

/** Pause before a broken channel is tried again. */
const PROBE_MS = 5 * 60_000;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 5 * 60_000;
const LONGEST_URGENT_RETRY_MS = 60_000;

export interface ChannelState {
  readonly channel: string;
  readonly recent_sends_json: string;
  readonly banned_until: number;
  readonly bans: number;
  readonly broken_since: number | null;
  readonly probe_at: number;
  readonly last_ok_at: number | null;
  readonly last_class: string | null;
  readonly last_error: string | null;
  readonly memory_json: string;
}

interface LaneState {
  readonly recent_sends_json: string;
  readonly failures: number;
  readonly retry_at: number;
  readonly broken_since: number | null;
}

/** A lane and the robot whose rate it shares. */
export interface LaneOfRobot {
  readonly robot: string;
  readonly channel: string;
  readonly recipient: string;
  readonly rate: readonly RateWindow[];
  readonly recipientRate: readonly RateWindow[];
}

const UNKNOWN_CHANNEL: Omit<ChannelState, 'channel'> = {
  recent_sends_json: '[]',
  banned_until: 0,
  bans: 0,
  broken_since: null,
  probe_at: 0,
  last_ok_at: null,
  last_class: null,
  last_error: null,
  memory_json: '{}',
};

const UNKNOWN_LANE: LaneState = { recent_sends_json: '[]', failures: 0, retry_at: 0, broken_since: null };

/**
 * What each channel and recipient may do next, and why: rates used up, bans, back-off, defects. All of it
 * is in the store, so a restart neither burns a quota nor forgets a ban.
 */
export class ChannelHealth {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  channel(channel: string): ChannelState {
    const found = this.#store.get<ChannelState>(
      `select channel, recent_sends_json, banned_until, bans, broken_since, probe_at, last_ok_at, last_class,
         last_error, memory_json
       from channel_state where channel = :channel`,
      { channel },
    );
    return found ?? { channel, ...UNKNOWN_CHANNEL };
  }

  isBroken(channel: string): boolean {
    return this.channel(channel).broken_since !== null;
  }

  /** The earliest moment at which a message may leave on this lane. */
  readyAt(lane: LaneOfRobot, urgent: boolean): number {
    const robot = this.channel(lane.robot);
    const channel = this.channel(lane.channel);
    const recipient = this.#lane(lane.channel, lane.recipient);
    return Math.max(
      robot.banned_until,
      channel.broken_since === null ? 0 : channel.probe_at,
      recipient.retry_at,
      nextSendAt(lane.rate, times(robot.recent_sends_json), urgent),
      nextSendAt(lane.recipientRate, times(recipient.recent_sends_json), urgent),
    );
  }

  /** Counts a message against the rates; before it leaves, so that a crash cannot undercount. */
  countSend(lane: LaneOfRobot, now: number): void {
    const robot = remember(lane.rate, times(this.channel(lane.robot).recent_sends_json), now);
    this.#setChannel(lane.robot, { recent_sends_json: JSON.stringify(robot) });
    if (lane.recipientRate.length === 0) return;
    const sends = times(this.#lane(lane.channel, lane.recipient).recent_sends_json);
    this.#setLane(lane, { recent_sends_json: JSON.stringify(remember(lane.recipientRate, sends, now)) });
  }

  /** Returns true when this ends a time of being broken. */
  succeeded(lane: LaneOfRobot, now: number): boolean {
    const wasBroken =
      this.isBroken(lane.channel) || this.#lane(lane.channel, lane.recipient).broken_since !== null;
    this.#setChannel(lane.channel, {
      broken_since: null,
      last_ok_at: now,
      last_class: 'ok',
      last_error: null,
    });
    this.#setChannel(lane.robot, { bans: 0 });
    this.#setLane(lane, { failures: 0, retry_at: 0, broken_since: null });
    return wasBroken;
  }

  /** Pauses the whole robot: for as long as the provider says, else longer with every refusal in a row. */
  banned(
    lane: LaneOfRobot,
    ban: {
      retryAfterSeconds: number | undefined;
      penaltySeconds: readonly number[];
      detail: string;
      now: number;
    },
  ): void {
    const { bans } = this.channel(lane.robot);
    const penalty = ban.penaltySeconds[Math.min(bans, ban.penaltySeconds.length - 1)] ?? 60;
    const seconds = Math.min(ban.retryAfterSeconds ?? penalty, 86_400);
    this.#setChannel(lane.robot, { banned_until: ban.now + seconds * 1000, bans: bans + 1 });
    this.#setChannel(lane.channel, { last_class: 'rate_limited', last_error: ban.detail });
  }

  /** Backs the lane off: twice as long each time, with jitter (`random` is 0 to 1), less when it is urgent. */
  failed(
    lane: LaneOfRobot,
    failure: { class: string; detail: string; urgent: boolean; random: number; now: number },
  ): void {
    const { failures } = this.#lane(lane.channel, lane.recipient);
    const longest = failure.urgent ? LONGEST_URGENT_RETRY_MS : LONGEST_RETRY_MS;
    const pause =
      Math.min(longest, FIRST_RETRY_MS * 2 ** Math.min(failures, 20)) * (0.5 + failure.random / 2);
    this.#setLane(lane, { failures: failures + 1, retry_at: Math.round(failure.now + pause) });
    this.#setChannel(lane.channel, { last_class: failure.class, last_error: failure.detail });
  }

  /** Only a person can mend it: from now on it is only probed. Returns true when that is news. */
  broke(lane: LaneOfRobot, defect: { detail: string; recipientOnly: boolean; now: number }): boolean {
    const { detail, recipientOnly, now } = defect;
    const channel = this.channel(lane.channel);
    const recipient = this.#lane(lane.channel, lane.recipient);
    this.#setChannel(lane.channel, { last_class: 'config', last_error: detail });
    if (recipientOnly) {
      this.#setLane(lane, { broken_since: recipient.broken_since ?? now, retry_at: now + PROBE_MS });
      return recipient.broken_since === null;
    }
    this.#setChannel(lane.channel, { broken_since: channel.broken_since ?? now, probe_at: now + PROBE_MS });
    return channel.broken_since === null;
  }

  /** After a reload: what was broken may be mended, so try at once. Bans stay, they are the provider's. */
  retryNow(): void {
    this.#store.transaction(() => {
      this.#store.run('update channel_state set probe_at = 0');
      this.#store.run('update lane_state set retry_at = 0');
    });
  }

  memory(channel: string): Memory {
    return {
      get: (key) => memorySchema.parse(JSON.parse(this.channel(channel).memory_json))[key],
      set: (key, value) => {
        const known = memorySchema.parse(JSON.parse(this.channel(channel).memory_json));
        this.#setChannel(channel, { memory_json: JSON.stringify({ ...known, [key]: value }) });
      },
    };
  }

  #lane(channel: string, recipient: string): LaneState {
    const found = this.#store.get<LaneState>(
      `select recent_sends_json, failures, retry_at, broken_since
       from lane_state where channel = :channel and recipient = :recipient`,
      { channel, recipient },
    );
    return found ?? UNKNOWN_LANE;
  }

  #setChannel(channel: string, changes: Partial<Omit<ChannelState, 'channel'>>): void {
    this.#store.transaction(() => {
      this.#store.run('insert or ignore into channel_state (channel) values (:channel)', { channel });
      const columns = Object.keys(changes).map((column) => `${column} = :${column}`);
      this.#store.run(`update channel_state set ${columns.join(', ')} where channel = :channel`, {
        channel,
        ...changes,
      });
    });
  }

  #setLane({ channel, recipient }: LaneOfRobot, changes: Partial<LaneState>): void {
    this.#store.transaction(() => {
      const lane = { channel, recipient };
      this.#store.run(
        'insert or ignore into lane_state (channel, recipient) values (:channel, :recipient)',
        lane,
      );
      const columns = Object.keys(changes).map((column) => `${column} = :${column}`);
      this.#store.run(
        `update lane_state set ${columns.join(', ')} where channel = :channel and recipient = :recipient`,
        { ...lane, ...changes },
      );
    });
  }
}

const timesSchema = z.array(z.number());
const memorySchema = z.record(z.string(), z.string());

function times(json: string): number[] {
  return timesSchema.parse(JSON.parse(json));
}
