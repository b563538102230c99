import type { Severity } from './incident.ts';
import type { Change, Language } from './message.ts';
import { en } from './messages.en.ts';
import { zh } from './messages.zh.ts';

/** Every text of the notifier that people read, in one language. Adding a language is one such file. */
export interface Messages {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly change: Readonly<Record<Change, string>>;
  readonly where: string;
  readonly since: string;
  readonly ended: string;
  readonly owner: string;
  readonly labels: string;
  readonly runbook: string;
  readonly dashboard: string;
  readonly silence: string;
  readonly query: string;
  /** Between a place and what happens there. */
  readonly colon: string;
  /** Between the members of a list. */
  readonly comma: string;
  readonly endUnknown: string;
  readonly possibleDuplicate: string;
  lasted(duration: string): string;
  /** Between "1 hour" and "30 minutes". */
  readonly unitGap: string;
  duration(amount: number, unit: 'second' | 'minute' | 'hour' | 'day'): string;
  count(count: number, change: Change): string;
  more(count: number): string;
  omitted(count: number): string;
  truncated(count: number): string;
  readonly test: { readonly title: string; line(channel: string): string };
  readonly notice: {
    broken(channel: string, detail: string): string;
    brokenAdvice(count: number, hours: number): string;
    dead(channel: string, count: number, detail: string): string;
    expired(channel: string, count: number, hours: number): string;
  };
}

const CATALOGUES: Readonly<Record<Language, Messages>> = { en, zh };

export function messages(language: Language): Messages {
  return CATALOGUES[language];
}
