import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeFile } from '../../../notifier/store.ts';
import { notice } from '../../support/notice.ts';
import {
  eventually,
  listen,
  type RunningNotifier,
  runNotifier,
  snapshot,
  temporaryFolder,
} from './harness.ts';
import { type SmtpHost, startSmtp } from './smtp.ts';

let smtp: SmtpHost;
let running: RunningNotifier;
let folder: { path: string; remove: () => void };
let clock = 0;

const MINUTE = 60_000;

async function start(extra = '', dataDir = folder.path, alertmanagerUrl?: string): Promise<RunningNotifier> {
  running = await runNotifier({
    dataDir,
    now: () => Date.now() + clock,
    ...(alertmanagerUrl === undefined ? {} : { alertmanagerUrl }),
    yaml: `
channels:
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], per_minute: 1000,
      smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }
merge_window: { critical: 0s, warning: 0s, info: 0s }
${extra}`,
  });
  return running;
}

const rows = () =>
  running.sql<{ kind: string; state: string; severity: string }>(
    'select kind, state, severity from outbox order by id',
  );

beforeEach(async () => {
  clock = 0;
  folder = temporaryFolder();
  smtp = await startSmtp();
});

afterEach(async () => {
  await running.close();
  await smtp.close();
  folder.remove();
});

describe('the webhook', () => {
  it('queues an alert once, however often and by whomever it is sent', async () => {
    const { post, metrics } = await start();
    const body = snapshot([{ startsAt: 1_700_000_000_000 }]);

    await post(body);
    await post(body);
    await post({ ...body, externalURL: 'http://other-peer.example', groupKey: '{}:{other}' });

    expect(rows()).toEqual([{ kind: 'open', state: 'pending', severity: 'critical' }]);
    expect(running.sql('select count(*) as n, sum(received_count) as received from inbox')).toEqual([
      { n: 2, received: 3 },
    ]);
    const text = await metrics();
    expect(text).toContain('pgfleet_notifier_transitions_total{source="main",transition="open"} 1');
    expect(text).toContain('pgfleet_notifier_transitions_total{source="main",transition="unchanged"} 2');
    expect(text).toContain('pgfleet_notifier_outbox_pending{channel="mail"} 1');
  });

  it('does not open again what a lagging peer still calls firing', async () => {
    const { post, metrics } = await start();
    const startsAt = Date.now() - 5 * MINUTE;

    await post(snapshot([{ startsAt }]));
    await post(snapshot([{ startsAt, status: 'resolved' }]));
    await post(snapshot([{ startsAt }]));

    expect(rows().map(({ kind }) => kind)).toEqual(['open', 'close']);
    expect(await metrics()).toContain(
      'pgfleet_notifier_transitions_total{source="main",transition="stale"} 1',
    );
  });

  it('opens a new incident when it fires again', async () => {
    const { post } = await start();
    const startsAt = Date.now() - 5 * MINUTE;

    await post(snapshot([{ startsAt }]));
    await post(snapshot([{ startsAt, status: 'resolved', endsAt: Date.now() - MINUTE }]));
    await post(snapshot([{ startsAt: Date.now() - 1000 }]));

    expect(rows().map(({ kind }) => kind)).toEqual(['open', 'close', 'open']);
    expect(running.sql('select count(*) as n from incident')).toEqual([{ n: 2 }]);
  });

  it('reminds only after the repeat interval, and never twice for one', async () => {
    const { post } = await start('repeat_interval: 1h');
    running.notifier.start();
    const body = snapshot([{ startsAt: 1_700_000_000_000 }]);
    await post(body);
    await eventually('first mail', () => smtp.mails.length === 1);

    clock = 59 * MINUTE;
    await post(body);
    expect(rows()).toHaveLength(1);
    clock = 61 * MINUTE;
    await post(body);
    await post(body);
    await eventually('reminder', () => smtp.mails.length === 2);

    expect(rows().map(({ kind }) => kind)).toEqual(['open', 'repeat']);
    expect(smtp.mails[1]?.mail.subject).toBe('[CRITICAL][STILL FIRING] Down on db1:5432');
  });

  it('keeps an alert for nobody, such as Watchdog, out of the queue', async () => {
    const { post } = await start();

    await post(snapshot([{ name: 'Watchdog', severity: 'none' }]));

    expect(rows()).toEqual([]);
    expect(running.sql('select status from alert_state')).toEqual([{ status: 'firing' }]);
  });

  it('counts an alert that no route wants', async () => {
    const { post, metrics, logs } = await start('routes: [ { severity: [info], channels: [mail] } ]');

    await post(snapshot([{}]));

    expect(rows()).toEqual([]);
    expect(await metrics()).toContain('pgfleet_notifier_unrouted_alerts_total{source="main"} 1');
    expect(logs.join('')).toContain('no route sends these alerts to anybody');
  });

  it.each([
    ['no JSON', '{"version":', 400, /expected JSON/],
    ['a custom payload', '{"text":"hi"}', 400, /expected version "4"/],
    ['an empty body', '', 400, /expected JSON/],
    ['more than 32 MB', ' '.repeat(33 * 1024 * 1024), 413, /set max_alerts/],
  ])('refuses %s with a reason and stays well', async (_name, body, status, message) => {
    const { post, metrics } = await start();

    const response = await post(body);

    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(message);
    expect(await metrics()).toContain(
      'pgfleet_notifier_received_total{source="main",result="bad_request"} 1',
    );
    expect((await post(snapshot([{}]))).status).toBe(200);
  });

  it('refuses a source that is not configured, naming those that are', async () => {
    const { post } = await start('sources: [main, branch-office]');

    const response = await post(snapshot([{}]), 'other');

    expect(response.status).toBe(404);
    expect(await response.text()).toContain('main, branch-office');
    expect((await post(snapshot([{}]), 'branch-office')).status).toBe(200);
  });

  it('takes a compressed body, and groups far beyond the limit of 100 kB', async () => {
    const { webhook } = await start();
    const many = Array.from({ length: 2000 }, (_, index) => ({
      instance: `db${index}`,
      annotations: { summary: 'x'.repeat(300) },
    }));

    const response = await fetch(`${webhook}/main`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(snapshot(many))),
    });

    expect(response.status).toBe(200);
    expect(rows()).toHaveLength(2000);
  });
});

describe('order and merging', () => {
  it('says nothing of "firing" any more when it is over before it was said', async () => {
    const { post, notifier } = await start();
    const startsAt = Date.now() - MINUTE;
    await post(snapshot([{ startsAt }]));
    await post(snapshot([{ startsAt, status: 'resolved' }]));

    notifier.start();
    await eventually('mail', () => smtp.mails.length === 1);

    expect(smtp.mails[0]?.mail.subject).toBe('[CRITICAL][FIRED AND RESOLVED] Down on db1:5432');
    expect(rows().map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  it('lets critical news go ahead of a queue that still waits to be merged', async () => {
    running = await runNotifier({
      dataDir: folder.path,
      yaml: `
channels:
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }
merge_window: { critical: 0s, warning: 1h, info: 1h }`,
    });
    running.notifier.start();

    await running.post(snapshot([{ instance: 'slow', severity: 'warning' }]));
    await running.post(snapshot([{ instance: 'urgent' }]));
    await eventually('mail', () => smtp.mails.length === 1);

    expect(smtp.mails[0]?.mail.subject).toContain('urgent');
    expect(smtp.mails[0]?.mail.text).not.toContain('slow');
    expect(rows().map(({ state }) => state)).toEqual(['pending', 'sent']);
  });

  it('drops a "resolved" when the "firing" was never delivered', async () => {
    await start('max_age: 10m');
    const startsAt = Date.now() - MINUTE;
    await running.post(snapshot([{ startsAt }]));
    clock = 5 * MINUTE;
    await running.post(snapshot([{ startsAt, status: 'resolved' }]));
    clock = 11 * MINUTE;

    running.notifier.start();
    await eventually('expired', () => rows().every(({ state }) => state === 'expired'));

    expect(smtp.mails).toEqual([]);
    expect(running.sql('select action, object from audit')).toEqual([
      { action: 'news expired', object: 'mail' },
    ]);
  });
});

describe('retention', () => {
  it('forgets what is over and old, and keeps what still fires', async () => {
    const { post, sql, notifier } = await start('retention: 30d');
    const startsAt = Date.now() - 60 * MINUTE;
    await post(
      snapshot([
        { instance: 'over', startsAt },
        { instance: 'fires', startsAt },
      ]),
    );
    notifier.start();
    await eventually('first mail', () => smtp.mails.length === 1);
    await post(
      snapshot([
        { instance: 'over', startsAt, status: 'resolved' },
        { instance: 'fires', startsAt },
      ]),
    );
    await eventually('second mail', () => smtp.mails.length === 2);
    await running.close();
    clock = 31 * 24 * 60 * MINUTE;

    await start('retention: 30d');
    running.notifier.start();
    await eventually('pruned', () => sql<{ n: number }>('select count(*) as n from inbox')[0]?.n === 0);

    const left = sql(`select json_extract(labels_json, '$.instance') as instance, kind from incident
      join outbox on incident_id = incident.id`);
    expect(left).toEqual([{ instance: 'fires', kind: 'open' }]);
    expect(sql('select count(*) as n from alert_state')).toEqual([{ n: 1 }]);
  });
});

describe('reconciliation with Alertmanager', () => {
  it('opens what max_alerts cut off, and nothing that is silenced or meant for others', async () => {
    const cutOff = {
      labels: { alertname: 'Down', instance: 'cut-off', severity: 'warning' },
      annotations: { summary: 'cut off' },
      startsAt: new Date().toISOString(),
      endsAt: new Date().toISOString(),
      fingerprint: 'cutoff1',
      receivers: [{ name: 'notifier' }],
      status: { state: 'active' },
      generatorURL: '',
    };
    const foreign = { ...cutOff, fingerprint: 'foreign', receivers: [{ name: 'other' }] };
    const silenced = { ...cutOff, fingerprint: 'silenced', status: { state: 'suppressed' } };
    const api = createServer((request, response) => {
      response.end(request.url === '/api/v2/alerts' ? JSON.stringify([cutOff, foreign, silenced]) : '[]');
    });
    const port = await listen(api);
    const { post, notifier } = await start('', folder.path, `http://127.0.0.1:${port}/`);
    await post(snapshot([{ instance: 'vanishes' }], { truncatedAlerts: 1 }));

    notifier.start();
    await eventually('cut off alert', () => smtp.mails.some(({ mail }) => mail.subject?.includes('cut off')));

    expect(running.sql('select count(*) as n from incident')).toEqual([{ n: 2 }]);
    expect(smtp.mails.some(({ mail }) => mail.text?.includes('left 1 more alert of this group out'))).toBe(
      true,
    );
    api.close();
  });
});

describe('storage trouble', () => {
  it('answers 503 while the store is locked, and takes the retry', async () => {
    const { post, notifier, metrics } = await start();
    const other = new Database(storeFile(folder.path));
    other.exec('begin immediate');

    const refused = await post(snapshot([{}]));
    other.exec('rollback');
    other.close();
    const taken = await post(snapshot([{}]));
    notifier.start();

    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain('try again');
    expect(taken.status).toBe(200);
    await eventually('mail', () => smtp.mails.length === 1);
    expect(await metrics()).toContain(
      'pgfleet_notifier_received_total{source="main",result="unavailable"} 1',
    );
  });

  it('answers 503 while the disk is full, and delivers when there is room', async (context) => {
    const small = `${folder.path}/small`;
    try {
      execFileSync('mkdir', [small]);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', small], { stdio: 'pipe' });
    } catch {
      await start();
      notice('notifier on a full disk', 'needs the right to mount a small file system');
      context.skip();
    }
    try {
      const { post, notifier } = await start('', small);
      execFileSync('dd', ['if=/dev/zero', `of=${small}/ballast`, 'bs=1M', 'count=40'], { stdio: 'pipe' });

      const refused = await post(snapshot([{}]));
      execFileSync('rm', [`${small}/ballast`]);
      const taken = await post(snapshot([{}]));
      notifier.start();
      await eventually('mail', () => smtp.mails.length === 1);

      expect(refused.status).toBe(503);
      expect(taken.status).toBe(200);
      await running.close();
    } finally {
      execFileSync('umount', ['-l', small], { stdio: 'pipe' });
    }
    await start();
  });
});
