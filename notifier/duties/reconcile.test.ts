import { describe, expect, it } from 'vitest';
import type { Incident } from '../incident.ts';
import { findVanished } from './reconcile.ts';

const MINUTE = 60_000;

const incident = (id: string): Incident => ({
  ...{ id, source: 'main', fingerprint: `f-${id}`, severity: 'critical', labels: {}, annotations: {} },
  ...{ generatorUrl: '', externalUrl: '', startsAt: 0, endsAt: undefined, openedAt: 0, closedAt: undefined },
  ...{ endKnown: true, truncated: 0 },
});

describe('findVanished', () => {
  const running = [incident('a'), incident('b')];

  it('waits for the grace time before it believes an absence', () => {
    const first = findVanished(running, new Set(['f-a']), new Map(), 0);
    const second = findVanished(running, new Set(['f-a']), first.missingSince, 9 * MINUTE);
    const third = findVanished(running, new Set(['f-a']), second.missingSince, 10 * MINUTE);

    expect([first, second].map(({ vanished }) => vanished)).toEqual([[], []]);
    expect(third.vanished.map(({ id }) => id)).toEqual(['b']);
  });

  it('begins to count anew when the alert was seen in between', () => {
    const first = findVanished(running, new Set(['f-a']), new Map(), 0);
    const back = findVanished(running, new Set(['f-a', 'f-b']), first.missingSince, 5 * MINUTE);
    const gone = findVanished(running, new Set(['f-a']), back.missingSince, 12 * MINUTE);

    expect(back.missingSince.size).toBe(0);
    expect(gone.vanished).toEqual([]);
  });
});
