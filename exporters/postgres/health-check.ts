import { startDeadline, untilAborted } from '../../lib/deadline.ts';
import { errorMessage } from '../../lib/errors.ts';
import { redactText } from '../../lib/log.ts';

/** What a server that answers says about itself. */
export interface ServerState {
  /** Undefined for what is no PostgreSQL server of its own: a pooler, a fork without recovery functions. */
  readonly role: 'primary' | 'standby' | undefined;
  /** Of a standby; undefined when it cannot tell. */
  readonly lagSeconds: number | undefined;
  /** Whether a standby has a WAL receiver; undefined when nobody looked. */
  readonly receiving: boolean | undefined;
}

/** The newest that is known of a server. */
export interface HealthReport {
  /** Undefined when it did not answer. */
  readonly state: ServerState | undefined;
  /** Why it did not, in one line. */
  readonly failure: string | undefined;
  /** Seconds since it was found out. */
  readonly ageSeconds: number;
  /** It would have been asked anew, but its only connection is taken by a scrape. */
  readonly busy: boolean;
}

/** What a health check needs of the server it is about. */
export interface HealthSource {
  readonly now: () => number;
  /** Resolves when the connection is free; undefined while nobody uses it. */
  scraping(): Promise<unknown> | undefined;
  /** What the last scrape found, which may be newer than the last check; undefined before the first. */
  lastScrape(): Finding | undefined;
  /** Asks the server. Rejects when it does not answer within a time of its own, longer than ours. */
  ask(): Promise<ServerState>;
}

/** What was found out, and when. */
export interface Finding {
  readonly state: ServerState | undefined;
  readonly failure: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Load balancers of all kinds share one answer for this long. */
const CACHE_MS = 1000;
/** Their own limits begin at one to two seconds. */
const ANSWER_MS = 800;
/** While a scrape holds the connection, what was found out before counts for this long. */
const KNOWN_MS = 30_000;
const MAX_FAILURE_LENGTH = 300;

/**
 * Answers whether a server is well, within a second and from one statement per second at most, whoever
 * asks and however often. Never throws.
 */
export class HealthCheck {
  readonly #source: HealthSource;
  #latest: Finding | undefined;
  #asking: Promise<Finding> | undefined;
  /** The server was asked and has not answered; otherwise the check still waits for the connection. */
  #asked = false;

  constructor(source: HealthSource) {
    this.#source = source;
  }

  async report(): Promise<HealthReport> {
    const latest = this.#latest;
    if (latest !== undefined && this.#source.now() - latest.at < CACHE_MS) return this.#reported(latest);
    const deadline = startDeadline(ANSWER_MS);
    try {
      this.#asking ??= this.#find();
      return this.#reported(await untilAborted(this.#asking, deadline.signal));
    } catch {
      return this.#unanswered();
    } finally {
      deadline.clear();
    }
  }

  async #find(): Promise<Finding> {
    const { now } = this.#source;
    let finding: Finding;
    for (let scrape = this.#source.scraping(); scrape !== undefined; scrape = this.#source.scraping()) {
      await scrape;
    }
    this.#asked = true;
    const at = now();
    try {
      finding = { state: await this.#source.ask(), failure: undefined, at };
    } catch (error) {
      finding = { state: undefined, failure: oneLine(redactText(errorMessage(error))), at };
    }
    this.#latest = finding;
    this.#asked = false;
    this.#asking = undefined;
    return finding;
  }

  /** The deadline passed: the server is silent, or it was not even asked because a scrape is running. */
  #unanswered(): HealthReport {
    if (this.#asked) {
      const failure = `no answer within ${ANSWER_MS} ms`;
      return { state: undefined, failure, ageSeconds: 0, busy: false };
    }
    const known = newer(this.#latest, this.#source.lastScrape());
    if (known !== undefined && this.#source.now() - known.at <= KNOWN_MS) return this.#reported(known, true);
    const failure = `a scrape is running, and nothing newer than ${KNOWN_MS / 1000} s is known`;
    return { state: undefined, failure, ageSeconds: 0, busy: true };
  }

  #reported({ state, failure, at }: Finding, busy = false): HealthReport {
    return { state, failure, ageSeconds: Math.max(0, this.#source.now() - at) / 1000, busy };
  }
}

function newer(one: Finding | undefined, other: Finding | undefined): Finding | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.at > one.at ? other : one;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, MAX_FAILURE_LENGTH);
}
