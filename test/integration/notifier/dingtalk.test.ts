import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeDingtalk, startDingtalk } from './fake-dingtalk.ts';
import {
  eventually,
  notifyConfig,
  type RunningNotifier,
  readStore,
  runNotifier,
  snapshot,
  temporaryFolder,
} from './harness.ts';

const TOKEN = 'canary-token-0123456789';
const SECRET = 'SECcanary0123456789';

let robot: FakeDingtalk;
let running: RunningNotifier | undefined;
let folder: { path: string; remove: () => void };

async function start(options: { robot?: Partial<Parameters<typeof startDingtalk>[0]>; yaml?: string } = {}) {
  robot = await startDingtalk({ token: TOKEN, secret: SECRET, ...options.robot });
  running = await runNotifier({
    dataDir: folder.path,
    language: 'zh',
    env: { DING_URL: robot.url, DING_SECRET: SECRET },
    yaml: `
channels:
  - { name: ding, type: dingtalk, url: { env: DING_URL }, secret: { env: DING_SECRET }, api_base: "${robot.origin}", keyword: 告警,
      mention: { mobiles: ["13800000000"] } }
merge_window: { critical: 0s, warning: 1s, info: 1s }
timezone: Asia/Shanghai
${options.yaml ?? ''}`,
  });
  running.notifier.start();
  return running;
}

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await running?.close();
  await robot.close();
  folder.remove();
  running = undefined;
});

describe('DingTalk robot', () => {
  it('gets signed messages with keyword and mention, firing and resolved', async () => {
    const { post } = await start({ robot: { keyword: '告警' } });
    const startsAt = Date.now() - 60_000;

    expect((await post(snapshot([{ startsAt }]))).status).toBe(200);
    await eventually('firing', () => robot.accepted.length === 1);
    expect((await post(snapshot([{ startsAt, status: 'resolved' }]))).status).toBe(200);
    await eventually('resolved', () => robot.accepted.length === 2);

    expect(robot.accepted[0]?.title).toBe('[严重][触发] Down on db1:5432');
    expect(robot.accepted[0]?.text).toContain('@13800000000');
    expect(robot.accepted[0]?.at).toEqual({ atMobiles: ['13800000000'], atUserIds: [], isAtAll: false });
    expect(robot.accepted[1]?.title).toBe('[严重][恢复] Down on db1:5432');
    expect(robot.accepted[1]?.text).not.toContain('@13800000000');
    expect(robot.answers).toEqual([0, 0]);
  });

  it('merges a storm into few messages instead of running into the limit', async () => {
    const { post, sql } = await start();

    for (let index = 0; index < 120; index += 1) {
      await post(snapshot([{ instance: `db${index}:5432`, severity: 'warning' }]));
    }
    await eventually(
      'all delivered',
      () => sql<{ n: number }>(`select count(*) as n from outbox where state = 'sent'`)[0]?.n === 120,
    );

    expect(robot.answers.every((code) => code === 0)).toBe(true);
    expect(robot.accepted.length).toBeLessThan(15);
    expect(robot.accepted.some(({ title }) => /条触发/.test(title))).toBe(true);
  });

  it('stays silent for as long as the robot is banned, over a restart too, and loses nothing', async () => {
    const { post, close, dataDir } = await start({ robot: { perMinute: 1, banMs: 3000 } });
    await post(snapshot([{ instance: 'a' }]));
    await eventually('first', () => robot.accepted.length === 1);

    await post(snapshot([{ instance: 'b' }]));
    await eventually('refused', () => robot.answers.length === 2);
    await close();
    const [state] = readStore<{ banned_until: number; bans: number }>(
      dataDir,
      'select banned_until, bans from channel_state',
    );

    expect(robot.answers).toEqual([0, 130101]);
    expect(state?.bans).toBe(1);
    expect((state?.banned_until ?? 0) - Date.now()).toBeGreaterThan(50_000);
    running = await runNotifier({
      dataDir: folder.path,
      env: { DING_URL: robot.url, DING_SECRET: SECRET },
      yaml: `channels: [{ name: ding, type: dingtalk, url: { env: DING_URL }, secret: { env: DING_SECRET }, api_base: "${robot.origin}" }]`,
      now: () => Date.now() + 61_000,
    });
    running.notifier.start();
    await eventually('second after the ban', () => robot.answers.length === 3);
  });

  it.each(['html', 'busy'] as const)('retries after %s, without calling it a duplicate', async (trouble) => {
    const { post, sql } = await start();
    robot.trouble = trouble;

    await post(snapshot([{}]));
    await eventually(
      'failure noted',
      () => sql<{ attempts: number }>('select attempts from outbox')[0]?.attempts === 1,
    );
    robot.trouble = undefined;
    await eventually('delivered', () => robot.accepted.length === 1);

    expect(robot.accepted[0]?.text).not.toContain('可能重复');
  });

  it('marks the resend as a possible duplicate when the answer was lost', async () => {
    const { post, sql } = await start();
    robot.trouble = 'reset';

    await post(snapshot([{}]));
    await eventually(
      'loss noted',
      () => sql<{ last_class: string }>('select last_class from outbox')[0]?.last_class === 'ambiguous',
    );
    robot.trouble = undefined;
    await eventually('delivered', () => robot.accepted.length === 1);

    expect(robot.accepted[0]?.text).toContain('可能重复');
  });

  it('holds messages while the signature is wrong, and sends them after a reload', async () => {
    const { post, metrics, notifier, sql, logs } = await start({ robot: { secret: 'SECother' } });

    await post(snapshot([{}]));
    await eventually('broken', async () =>
      (await metrics()).includes('pgfleet_notifier_channel_broken{channel="ding"} 1'),
    );
    expect(sql('select state, attempts from outbox')).toEqual([{ state: 'pending', attempts: 0 }]);
    expect(notifier.status().channels[0]).toMatchObject({
      waiting: 1,
      lastError: expect.stringContaining('310000'),
    });
    notifier.reload(
      await notifyConfig(
        `channels: [{ name: ding, type: dingtalk, url: { env: U }, secret: { env: S }, api_base: "${robot.origin}" }]`,
        { U: robot.url, S: 'SECother' },
      ),
    );
    await eventually('delivered', () => robot.accepted.length === 1);

    expect(await metrics()).toContain('pgfleet_notifier_channel_broken{channel="ding"} 0');
    expect(logs.join('')).toContain('channel works again');
  });

  it('tries refused content smaller, then plain, and then gives it up', async () => {
    const { post, sql } = await start();
    robot.trouble = 'blocked';

    await post(snapshot([{}]));
    await eventually('dead', () => sql<{ state: string }>('select state from outbox')[0]?.state === 'dead');

    expect(robot.answers).toEqual([430102, 430102, 430102]);
  });

  it('shows its secrets nowhere', async () => {
    const { post, sql, logs, metrics, notifier } = await start({ robot: { secret: 'SECother' } });
    robot.trouble = 'reset';
    await post(snapshot([{}]));
    await eventually(
      'tried',
      () => sql<{ last_class: string | null }>('select last_class from outbox')[0]?.last_class,
    );
    robot.trouble = undefined;
    await eventually('broken', () => notifier.status().channels[0]?.brokenSince);

    const tables = [
      'inbox',
      'alert_state',
      'incident',
      'outbox',
      'message',
      'channel_state',
      'lane_state',
      'audit',
    ];
    const stored = tables.map((table) => JSON.stringify(sql(`select * from ${table}`))).join('');
    for (const text of [stored, logs.join(''), await metrics(), JSON.stringify(notifier.status())]) {
      expect(text).not.toContain('canary');
    }
  });
});
