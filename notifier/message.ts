import type { Incident, Severity } from './incident.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a piece of news says of its incident; `open_close` is over before anyone was told it began. */
export type Change = 'open' | 'close' | 'repeat' | 'open_close';

export interface Link {
  readonly text: string;
  /** http or https, always. */
  readonly url: string;
}

/** A short name and its value, both ready to show: "Since", "2026-11-22 16:03:11 +08:00". */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** One incident inside a message. */
export interface Item {
  /** As the alert said it, neither cleaned nor translated: for machines. */
  readonly incident: Incident;
  readonly change: Change;
  /** "[CRITICAL][FIRING] Disk /data fills": severity and state in words. */
  readonly heading: string;
  /** Paragraphs; empty when the alert has no description. */
  readonly description: readonly string[];
  readonly facts: readonly Fact[];
  readonly links: readonly Link[];
}

/**
 * A message as every channel gets it: rendered in one language, cleaned of control characters, not yet
 * escaped for any markup. Texts are untrusted: labels and annotations may hold anything.
 */
export interface Message {
  /** Stable over retries of the same news; where a provider can drop duplicates, this is the key. */
  readonly id: string;
  readonly language: Language;
  readonly severity: Severity;
  /** True when nothing in it fires any more. */
  readonly resolved: boolean;
  /** One line that is enough on a lock screen: severity, state, where, what. */
  readonly title: string;
  /** Counts and worst places of a message with several items; the text of a notice. */
  readonly lead: readonly string[];
  readonly items: readonly Item[];
  /** Remarks below the items: possible duplicate, alerts left out. */
  readonly notes: readonly string[];
  readonly links: readonly Link[];
  /** Set when the message goes out in several parts. */
  readonly part?: { readonly number: number; readonly count: number };
  /** True when the provider refused the formatted text: send it without markup. */
  readonly plain: boolean;
}
