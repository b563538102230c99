import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChannelHealth, type LaneOfRobot } from './channel-health.ts';
import { openStore, type Store } from './store.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

let folder: string;
let store: Store;
let health: ChannelHealth;

const lane: LaneOfRobot = { robot: 'ding', channel: 'ding', recipient: '', rate: [], recipientRate: [] };
const twin: LaneOfRobot = { ...lane, channel: 'ding-zh' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgfleet-health-'));
  store = openStore({ file: join(folder, 'n.db'), log: pino({ level: 'silent' }), now: () => NOW });
  health = new ChannelHealth(store);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const ban = (retryAfterSeconds: number | undefined, now: number) =>
  health.banned(lane, { retryAfterSeconds, penaltySeconds: [60, 600], detail: 'too fast', now });

describe('a ban', () => {
  it('grows with every refusal in a row, holds for all channels of the robot, and is forgotten after a success', () => {
    ban(undefined, NOW);
    expect([health.readyAt(lane, true), health.readyAt(twin, true)]).toEqual([NOW + MINUTE, NOW + MINUTE]);

    ban(undefined, NOW);
    expect(health.readyAt(lane, true)).toBe(NOW + 10 * MINUTE);
    ban(undefined, NOW);
    expect(health.readyAt(lane, true)).toBe(NOW + 10 * MINUTE);

    health.succeeded(lane, NOW);
    ban(undefined, NOW);
    expect(health.readyAt(lane, true)).toBe(NOW + MINUTE);
  });

  it('lasts as long as the provider says, but no more than a day', () => {
    ban(14, NOW);
    expect(health.readyAt(lane, false)).toBe(NOW + 14_000);

    ban(1e9, NOW);
    expect(health.readyAt(lane, false)).toBe(NOW + 86_400_000);
  });
});

describe('back-off', () => {
  const fail = (urgent: boolean, random = 1) =>
    health.failed(lane, { class: 'transient', detail: 'x', urgent, random, now: NOW });
  const pause = () => health.readyAt(lane, false) - NOW;

  it('doubles to five minutes, to one for urgent news', () => {
    const pauses = Array.from({ length: 10 }, () => {
      fail(false);
      return pause() / 1000;
    });

    expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    fail(true);
    expect(pause()).toBe(60_000);
  });

  it('spreads between half and the whole', () => {
    fail(false, 0);

    expect(pause()).toBe(1000);
  });

  it('is one recipient alone', () => {
    fail(false);

    expect(health.readyAt({ ...lane, recipient: 'other' }, false)).toBe(0);
  });
});

describe('a broken channel', () => {
  it('is news once, is probed every five minutes, and works again after a success', () => {
    const breakIt = (now: number) => health.broke(lane, { detail: 'sign', recipientOnly: false, now });

    expect([breakIt(NOW), breakIt(NOW + MINUTE)]).toEqual([true, false]);
    expect(health.channel('ding')).toMatchObject({ broken_since: NOW, last_error: 'sign' });
    expect(health.readyAt(lane, true)).toBe(NOW + 6 * MINUTE);
    // The channel is broken, not the robot: a twin with another secret may work.
    expect(health.readyAt(twin, true)).toBe(0);
    expect([health.succeeded(lane, NOW), health.succeeded(lane, NOW)]).toEqual([true, false]);
    expect(health.isBroken('ding')).toBe(false);
  });

  it('may be broken for one recipient only', () => {
    health.broke(lane, { detail: 'no such user', recipientOnly: true, now: NOW });

    expect(health.isBroken('ding')).toBe(false);
    expect(health.readyAt(lane, true)).toBe(NOW + 5 * MINUTE);
    expect(health.readyAt({ ...lane, recipient: 'other' }, true)).toBe(0);
  });

  it('is tried at once after a reload, while a ban stays', () => {
    health.broke(lane, { detail: 'sign', recipientOnly: false, now: NOW });
    health.retryNow();
    expect(health.readyAt(lane, true)).toBe(0);

    ban(100, NOW);
    health.retryNow();
    expect(health.readyAt(lane, true)).toBe(NOW + 100_000);
  });
});

describe('rates', () => {
  const limited: LaneOfRobot = {
    ...lane,
    rate: [{ max: 3, seconds: 60 }],
    recipientRate: [{ max: 1, seconds: 10 }],
  };

  it('count for the robot and for the recipient', () => {
    health.countSend(limited, NOW);
    expect(health.readyAt(limited, false)).toBe(NOW + 10_000);
    expect(health.readyAt({ ...limited, recipient: 'other' }, false)).toBe(0);

    health.countSend({ ...limited, recipient: 'other' }, NOW + 1);
    expect(health.readyAt({ ...limited, recipient: 'third' }, false)).toBe(NOW + MINUTE);
    expect(health.readyAt({ ...limited, recipient: 'third' }, true)).toBe(0);
  });
});

describe('memory', () => {
  it('is kept per channel', () => {
    health.memory('a').set('moved:1', '2');
    health.memory('a').set('moved:3', '4');

    expect(health.memory('a').get('moved:1')).toBe('2');
    expect(health.memory('b').get('moved:1')).toBeUndefined();
  });
});
