import type { z } from 'zod';
import type { Message } from './message.ts';
import type { RateWindow } from './rate-limit.ts';

/**
 * THE contract of a channel. A file `channels/<type>.ts` exports `channel`, made by `defineChannel`; the
 * folder is read at start, so a new channel is one file and its test. Queueing, merging, splitting, rate
 * limits, retries and holding are the notifier's: a channel turns one message into one request and says
 * what came of it.
 */
export interface ChannelType {
  /** Equals the file name; the value of `type:` in pgfleet.yml. */
  readonly type: string;
  /** One sentence for people. */
  readonly help: string;
  /** The options beside `name`, `type` and `language`. */
  readonly options: z.ZodObject;
  /** What a schema of single fields cannot say; returns what is wrong, without showing secrets. */
  check(options: unknown): readonly string[];
  open(options: unknown): Channel;
}

/** A configured channel. */
export interface Channel {
  readonly limits: Limits;
  /** One outbox row and one message each. A robot has the single recipient `''`. */
  readonly recipients: readonly string[];
  /** What the provider counts messages of; channels with equal values share one rate. Kept in memory only. */
  readonly robot: string;
  /** Size of the request for this part as the provider measures it. */
  bytes(part: Message): number;
  /** Never throws for what a provider does; what it does throw counts as `transient`. */
  send(part: Message, context: SendContext): Promise<Outcome>;
}

export interface Limits {
  /** Largest `bytes()` of a part. */
  readonly bytes: number;
  /** Parts one message may have; what does not fit is counted in the last one. */
  readonly parts: number;
  /** Incidents one message may list. */
  readonly items: number;
  /** Per robot. */
  readonly rate: readonly RateWindow[];
  /** Per recipient, where the provider counts those too. */
  readonly recipientRate?: readonly RateWindow[];
  /** Pauses of the robot after the first, second ... refusal for its rate, when the provider names none. */
  readonly penaltySeconds: readonly number[];
}

export interface SendContext {
  readonly recipient: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Small facts a provider taught us that outlive a restart, such as the new id of a moved chat. */
  readonly memory: Memory;
}

export interface Memory {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

/**
 * What came of one request, in the one vocabulary of all channels:
 * ok            the provider took it (`accepted`: it may still drop it later)
 * rate_limited  the whole robot pauses; not an attempt
 * transient     nothing arrived; try again, later each time
 * ambiguous     it may have arrived; resend exactly the same, marked as possible duplicate
 * payload       the provider refuses the content: smaller, then plain, then another channel
 * config        only a person can mend it: hold, tell through another channel, probe
 */
export type Outcome =
  | { readonly class: 'ok'; readonly accepted?: boolean; readonly reference?: string }
  | { readonly class: 'rate_limited'; readonly retryAfterSeconds?: number; readonly detail: string }
  | { readonly class: 'transient' | 'ambiguous' | 'payload'; readonly detail: string }
  | {
      readonly class: 'config';
      readonly detail: string;
      /** True when only this recipient is wrong, not the channel. */
      readonly recipientOnly?: boolean;
    };

/** A channel as its file writes it, typed by its own schema. */
export interface ChannelSpec<Options extends z.ZodObject> {
  readonly type: string;
  readonly help: string;
  readonly options: Options;
  readonly check?: (options: z.output<Options>) => readonly string[];
  readonly open: (options: z.output<Options>) => Channel;
}

/** Forgets the type of the options, so that channels of all types can be kept in one list. */
export function defineChannel<Options extends z.ZodObject>(spec: ChannelSpec<Options>): ChannelType {
  // notifySchema parses each entry with this very schema before anything opens it.
  const typed = (options: unknown) => options as z.output<Options>;
  return {
    type: spec.type,
    help: spec.help,
    options: spec.options,
    check: (options) => spec.check?.(typed(options)) ?? [],
    open: (options) => spec.open(typed(options)),
  };
}
