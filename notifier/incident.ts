/** How urgent an alert is; anything a foreign rule says instead is read by `severityOf`. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type LabelSet = Readonly<Record<string, string>>;

/** One alert of a snapshot, as Alertmanager last saw it. Times are milliseconds since the epoch. */
export interface Alert {
  /** Hash of the labels: the identity of the alert within its source. */
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly startsAt: number;
  /** Undefined while it fires. */
  readonly endsAt: number | undefined;
  readonly generatorUrl: string;
}

/** What we remember of an alert between snapshots. */
export interface AlertState {
  readonly status: 'firing' | 'resolved';
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  /** When we, by our own clock, closed its last incident. */
  readonly closedAt: number | undefined;
  /** Undefined when its first news was that it is over. */
  readonly incidentId: string | undefined;
}

/** One episode of one alert, from firing to resolved: what messages are about. */
export interface Incident {
  readonly id: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly labels: LabelSet;
  readonly annotations: LabelSet;
  readonly generatorUrl: string;
  /** Alertmanager's own address for people, where a silence is made. */
  readonly externalUrl: string;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  readonly openedAt: number;
  readonly closedAt: number | undefined;
  /** False when the alert vanished from Alertmanager without a resolved message. */
  readonly endKnown: boolean;
  /** Alerts of the same group that Alertmanager cut from the message (max_alerts). */
  readonly truncated: number;
}

/**
 * The severity a `severity` label stands for; undefined means "not for people" (`none`, as Watchdog has it).
 * An unknown or missing word counts as warning: an alert nobody classified must not be lost.
 */
export function severityOf(labels: LabelSet): Severity | undefined {
  const word = labels['severity']?.toLowerCase();
  if (word === 'none') return undefined;
  return SEVERITIES.find((severity) => severity === word) ?? 'warning';
}

/** 0 is the most urgent. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The most urgent of several; `info` of none. */
export function worstSeverity(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((severity) => severities.includes(severity)) ?? 'info';
}
