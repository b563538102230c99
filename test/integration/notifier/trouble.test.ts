import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeDingtalk, startDingtalk } from './fake-dingtalk.ts';
import {
  eventually,
  notifyConfig,
  type RunningNotifier,
  runNotifier,
  snapshot,
  temporaryFolder,
} from './harness.ts';
import { type SmtpHost, startSmtp } from './smtp.ts';

let robot: FakeDingtalk;
let smtp: SmtpHost;
let running: RunningNotifier;
let folder: { path: string; remove: () => void };

const env = () => ({ URL: robot.url, GOOD: 'SECgood', BAD: 'SECbad' });

function yaml(secret: 'GOOD' | 'BAD', extra = ''): string {
  return `
channels:
  - { name: ding, type: dingtalk, url: { env: URL }, secret: { env: ${secret} }, api_base: "${robot.origin}" }
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], per_minute: 1000,
      smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }
routes: [ { channels: [ding] } ]
merge_window: { critical: 0s, warning: 0s, info: 0s }
${extra}`;
}

async function start(text: string): Promise<RunningNotifier> {
  running = await runNotifier({ dataDir: folder.path, env: env(), yaml: text });
  running.notifier.start();
  return running;
}

beforeEach(async () => {
  folder = temporaryFolder();
  robot = await startDingtalk({ token: 't', secret: 'SECgood' });
  smtp = await startSmtp();
});

afterEach(async () => {
  await running.close();
  await robot.close();
  await smtp.close();
  folder.remove();
});

describe('a broken channel', () => {
  it('is announced through another one, even without a fallback, but its alerts stay where they belong', async () => {
    await start(yaml('BAD'));

    await running.post(snapshot([{}]));
    await eventually('notice', () => smtp.mails.length === 1);

    expect(smtp.mails[0]?.mail.subject).toMatch(/^\[WARNING\] Channel "ding" cannot deliver: errcode 310000/);
    expect(smtp.mails[0]?.mail.text).toContain('1 message waits.');
    expect(running.sql(`select channel, kind from outbox order by id`)).toEqual([
      { channel: 'ding', kind: 'open' },
      { channel: 'mail', kind: 'notice' },
    ]);
  });

  it('is replaced by the fallback, for what waits and for what comes, and gets its own when mended', async () => {
    await start(yaml('BAD', 'fallback: [mail]'));

    await running.post(snapshot([{ instance: 'first' }]));
    await eventually('notice and alert', () => smtp.mails.length === 2);
    await running.post(snapshot([{ instance: 'second' }]));
    await eventually('next alert', () => smtp.mails.length === 3);
    running.notifier.reload(await notifyConfig(yaml('GOOD', 'fallback: [mail]'), env()));
    await eventually('held ones', () => robot.accepted.length > 0);

    expect(
      smtp.mails
        .map(({ mail }) => mail.subject)
        .filter((subject) => subject?.includes('FIRING'))
        .sort(),
    ).toEqual(['[CRITICAL][FIRING] Down on first', '[CRITICAL][FIRING] Down on second']);
    expect(robot.accepted.map(({ text }) => text).join()).toMatch(/first.*second/s);
  });

  it('tells the end of an incident everywhere its begin was told', async () => {
    await start(yaml('BAD', 'fallback: [mail]'));
    const startsAt = Date.now() - 60_000;

    await running.post(snapshot([{ startsAt }]));
    await eventually('alert by the fallback', () => smtp.mails.length === 2);
    await running.post(snapshot([{ startsAt, status: 'resolved' }]));
    await eventually('end by the fallback', () => smtp.mails.length === 3);

    expect(smtp.mails[2]?.mail.subject).toBe('[CRITICAL][RESOLVED] Down on db1:5432');
  });
});

describe('a channel that is no longer configured', () => {
  it('leaves its waiting alerts to the fallback', async () => {
    robot.trouble = 'busy';
    await start(yaml('GOOD', 'fallback: [mail]'));
    await running.post(snapshot([{}]));
    await eventually(
      'tried',
      () => running.sql<{ attempts: number }>('select attempts from outbox')[0]?.attempts === 1,
    );
    await running.close();

    const [, mailOnly] = yaml('GOOD').split('\n  - { name: mail');
    await start(
      `channels:\n  - { name: mail${mailOnly?.replace('routes: [ { channels: [ding] } ]', '')}\nfallback: [mail]`,
    );
    await eventually('alert', () => smtp.mails.some(({ mail }) => mail.subject?.includes('FIRING')));

    expect(running.sql(`select state from outbox where channel = 'ding'`)).toEqual([{ state: 'dead' }]);
  });
});

describe('a message of several parts', () => {
  it('goes on with the part that was lost', async () => {
    await start(yaml('GOOD'));
    const alerts = Array.from({ length: 30 }, (_, index) => ({
      instance: `db${String(index).padStart(2, '0')}`,
      annotations: { summary: `problem ${index}`, description: '中'.repeat(450) },
    }));

    await running.post(snapshot(alerts));
    await eventually('first part', () => robot.accepted.length === 1);
    robot.trouble = 'reset';
    await eventually(
      'second part lost',
      () => running.sql<{ c: string }>('select last_class as c from outbox')[0]?.c === 'ambiguous',
    );
    robot.trouble = undefined;
    await eventually(
      'all parts',
      () => running.sql<{ n: number }>(`select count(*) as n from outbox where state = 'sent'`)[0]?.n === 30,
    );

    const titles = robot.accepted.map(({ title }) => title);
    expect(titles).toEqual([
      expect.stringMatching(/\(1\/3\)$/),
      expect.stringMatching(/\(2\/3\)$/),
      expect.stringMatching(/\(3\/3\)$/),
    ]);
    expect(robot.accepted[0]?.text).not.toContain('Possibly a duplicate');
    expect(robot.accepted[1]?.text).toContain('Possibly a duplicate');
    const shown = robot.accepted.flatMap(({ text }) => text.match(/problem \d+/g) ?? []);
    expect(new Set(shown).size).toBe(shown.length);
    expect(running.sql('select count(*) as n from message')).toEqual([{ n: 0 }]);
  });
});
