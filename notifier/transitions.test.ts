import { describe, expect, it } from 'vitest';
import type { Alert, AlertState } from './incident.ts';
import { STALE_GRACE_MS, transition } from './transitions.ts';

const T = 1_700_000_000_000;
const MINUTE = 60_000;

function alert(status: 'firing' | 'resolved', startsAt: number, endsAt?: number): Alert {
  return { fingerprint: 'f', status, labels: {}, annotations: {}, startsAt, endsAt, generatorUrl: '' };
}

const firing: AlertState = {
  status: 'firing',
  startsAt: T,
  endsAt: undefined,
  closedAt: undefined,
  incidentId: 'a',
};
const resolved: AlertState = {
  status: 'resolved',
  startsAt: T,
  endsAt: T + 5 * MINUTE,
  closedAt: T + 6 * MINUTE,
  incidentId: 'a',
};
const neverOpened: AlertState = { ...resolved, closedAt: undefined, incidentId: undefined };

describe('transition', () => {
  it.each<[string, AlertState | undefined, Alert, number, string]>([
    ['first news: firing', undefined, alert('firing', T), T, 'open'],
    ['first news: resolved', undefined, alert('resolved', T, T + 1), T + 2, 'nothing'],
    ['same snapshot again', firing, alert('firing', T), T + MINUTE, 'unchanged'],
    ['start moved earlier by a merge', firing, alert('firing', T - MINUTE), T + MINUTE, 'unchanged'],
    ['resolved', firing, alert('resolved', T, T + 5 * MINUTE), T + 6 * MINUTE, 'close'],
    [
      'resolved again by the other peer',
      resolved,
      alert('resolved', T, T + 5 * MINUTE),
      T + 7 * MINUTE,
      'nothing',
    ],
    [
      'resolved of the incident before',
      firing,
      alert('resolved', T - 9 * MINUTE, T - MINUTE),
      T + 1,
      'stale',
    ],
    ['resolved at the very start', firing, alert('resolved', T - 9 * MINUTE, T), T + 1, 'stale'],
    ['fires again later', resolved, alert('firing', T + 6 * MINUTE), T + 7 * MINUTE, 'open'],
    ['stale firing of a lagging peer', resolved, alert('firing', T), T + 7 * MINUTE, 'stale'],
    [
      'stale firing that began at the end',
      resolved,
      alert('firing', T + 5 * MINUTE),
      T + 7 * MINUTE,
      'stale',
    ],
    ['still firing after the grace', resolved, alert('firing', T), T + 6 * MINUTE + STALE_GRACE_MS, 'open'],
    ['fires after a resolved of which nobody heard', neverOpened, alert('firing', T), T + 7 * MINUTE, 'open'],
  ])('%s', (_name, known, news, now, expected) => {
    expect(transition(known, news, now)).toBe(expected);
  });
});
