import type { Alert, AlertState } from './incident.ts';

/**
 * What a snapshot changes for one alert. Comparing states, not bytes, makes the copies of a
 * highly available pair, Alertmanager's retries and answers it never got harmless.
 */
export type Transition =
  /** A new incident begins. */
  | 'open'
  /** The running incident is over. */
  | 'close'
  /** Still firing: at most a repeat is due. */
  | 'unchanged'
  /** Resolved, and nothing of it is open. */
  | 'nothing'
  /** News older than what we know, from a peer that lags behind. */
  | 'stale';

/**
 * For how long after a close an older "firing" is taken for a lagging peer's. An alert that is
 * still reported after that does fire, whatever its start time says, and must not stay unheard.
 */
export const STALE_GRACE_MS = 10 * 60_000;

/** Compares what we remember of an alert with what a snapshot received at `now` says. */
export function transition(known: AlertState | undefined, alert: Alert, now: number): Transition {
  if (alert.status === 'firing') {
    if (known === undefined) return 'open';
    if (known.status === 'firing') return 'unchanged';
    return isLagging(known, alert, now) ? 'stale' : 'open';
  }
  if (known?.status !== 'firing') return 'nothing';
  // An end before the running incident's start belongs to the incident before it.
  return (alert.endsAt ?? now) <= known.startsAt ? 'stale' : 'close';
}

function isLagging(known: AlertState, alert: Alert, now: number): boolean {
  if (known.endsAt === undefined || alert.startsAt > known.endsAt) return false;
  return known.closedAt !== undefined && now - known.closedAt < STALE_GRACE_MS;
}
