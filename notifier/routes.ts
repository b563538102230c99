import type { LabelSet, Severity } from './incident.ts';

/** A condition on one label, in Prometheus's notation; a missing label counts as empty. */
export interface Matcher {
  readonly label: string;
  matches(value: string): boolean;
}

/** `env="prod"`, `app=~"shop|pay"`, `site!=hq`, `team!~"ops.*"`; undefined when it is not that. */
export function parseMatcher(text: string): Matcher | undefined {
  const { label, operator, quoted, bare } =
    /^\s*(?<label>[a-zA-Z_][a-zA-Z0-9_]*)\s*(?<operator>=~|!~|!=|=)\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^"\s]*))\s*$/.exec(
      text,
    )?.groups ?? {};
  if (label === undefined || operator === undefined) return undefined;
  const wanted = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(["\\])/g, '$1');
  if (operator === '=') return { label, matches: (value) => value === wanted };
  if (operator === '!=') return { label, matches: (value) => value !== wanted };
  const pattern = compile(wanted);
  if (pattern === undefined) return undefined;
  return { label, matches: (value) => pattern.test(value) === (operator === '=~') };
}

function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`, 's');
  } catch {
    return undefined;
  }
}

export interface Route {
  /** Undefined: every severity. */
  readonly severity?: readonly Severity[] | undefined;
  readonly matchers: readonly Matcher[];
  readonly channels: readonly string[];
  /** Seconds; undefined: the general one. */
  readonly repeat_interval?: number | undefined;
  /** Whether these channels also hear that it is over. */
  readonly resolved: boolean;
}

/** What one channel is to do about an alert. */
export interface Destination {
  readonly channel: string;
  readonly repeatSeconds: number | undefined;
  readonly resolved: boolean;
}

/**
 * The channels for an alert: those of every route that matches, in the order of the file. A channel named
 * by several takes the settings of the first. There is no "stop here": a route can only add listeners.
 */
export function route(routes: readonly Route[], labels: LabelSet, severity: Severity): Destination[] {
  const found = new Map<string, Destination>();
  for (const { channels, repeat_interval, resolved, ...conditions } of routes) {
    if (!applies(conditions, labels, severity)) continue;
    for (const channel of channels) {
      if (!found.has(channel)) found.set(channel, { channel, repeatSeconds: repeat_interval, resolved });
    }
  }
  return [...found.values()];
}

function applies(
  conditions: Pick<Route, 'severity' | 'matchers'>,
  labels: LabelSet,
  severity: Severity,
): boolean {
  if (conditions.severity !== undefined && !conditions.severity.includes(severity)) return false;
  return conditions.matchers.every(({ label, matches }) => matches(labels[label] ?? ''));
}
