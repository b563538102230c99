import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eventually,
  type RunningNotifier,
  readStore,
  runNotifier,
  snapshot,
  temporaryFolder,
} from './harness.ts';
import { makeCertificate, type SmtpHost, startSmtp } from './smtp.ts';

const PASSWORD = 'canary-password-9876';

let smtp: SmtpHost;
let running: RunningNotifier | undefined;
let folder: { path: string; remove: () => void };

async function start(server: string, options: { to?: string; extra?: string; language?: 'en' | 'zh' } = {}) {
  running = await runNotifier({
    dataDir: folder.path,
    env: { SMTP_PASSWORD: PASSWORD },
    yaml: `
channels:
  - { name: mail, type: email, language: ${options.language ?? 'en'}, from: "pgfleet <alerts@pgfleet.example>",
      to: [${options.to ?? 'ops@example.com'}], per_minute: 1000, smtp: { host: 127.0.0.1, port: ${smtp.port}, ${server} } }
merge_window: { critical: 0s, warning: 0s, info: 0s }
timezone: Asia/Shanghai
${options.extra ?? ''}`,
  });
  running.notifier.start();
  return running;
}

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await running?.close();
  await smtp.close();
  folder.remove();
  running = undefined;
});

const row = (notifier: RunningNotifier) =>
  notifier.sql<{ state: string; attempts: number; last_class: string | null; recipient: string }>(
    'select state, attempts, last_class, recipient from outbox order by id',
  );

describe('mail', () => {
  it('has text and HTML, threads an incident, and never provokes an answer', async () => {
    smtp = await startSmtp();
    const notifier = await start('tls: none', { language: 'zh' });
    const startsAt = Date.now() - 60_000;
    const annotations = {
      summary: 'x',
      summary_zh: '磁盘 <b>/data</b> 将满',
      runbook_url: 'https://docs.example/r',
    };

    await notifier.post(snapshot([{ startsAt, annotations }]));
    await eventually('firing', () => smtp.mails.length === 1);
    await notifier.post(snapshot([{ startsAt, annotations, status: 'resolved' }]));
    await eventually('resolved', () => smtp.mails.length === 2);

    const [firing, resolved] = smtp.mails;
    expect(firing?.to).toEqual(['ops@example.com']);
    expect(firing?.mail.subject).toBe('[严重][触发] db1:5432：磁盘 <b>/data</b> 将满');
    expect(resolved?.mail.subject).toBe('[严重][恢复] db1:5432：磁盘 <b>/data</b> 将满');
    expect(firing?.mail.text).toContain('磁盘 <b>/data</b> 将满');
    expect(firing?.mail.html).toContain('磁盘 &lt;b&gt;/data&lt;/b&gt; 将满');
    expect(firing?.mail.html).toContain('<a href="https://docs.example/r">处理手册</a>');
    expect(firing?.mail.references).toMatch(/^<incident-[0-9a-f-]{36}@pgfleet\.example>$/);
    expect(resolved?.mail.inReplyTo).toBe(firing?.mail.references);
    expect(firing?.mail.messageId).toMatch(/^<pgfleet-[0-9a-f]{32}@pgfleet\.example>$/);
    const headers = new Map(firing?.mail.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('list-id')).toContain('pgfleet.example');
    expect(headers.get('x-priority')).toMatch(/^1/);
    expect(firing?.raw).toMatch(/multipart\/alternative/);
  });

  it('cannot be made to address somebody else by what an alert says', async () => {
    smtp = await startSmtp();
    const notifier = await start('tls: none');

    await notifier.post(snapshot([{ annotations: { summary: 'x\r\nBcc: evil@example.com\r\n\r\nhello' } }]));
    await eventually('mail', () => smtp.mails.length === 1);

    expect(smtp.mails[0]?.to).toEqual(['ops@example.com']);
    expect(smtp.mails[0]?.mail.bcc ?? []).toEqual([]);
    expect(smtp.mails[0]?.mail.subject).toContain('x Bcc: evil@example.com hello');
  });

  it.each(['required', 'implicit'] as const)(
    'logs in over TLS (%s), trusting only our authority',
    async (tls) => {
      const certificate = makeCertificate(folder.path);
      smtp = await startSmtp({ user: 'u', password: PASSWORD, certificate, implicitTls: tls === 'implicit' });
      const notifier = await start(
        `tls: ${tls}, user: u, password: { env: SMTP_PASSWORD }, ca_file: "${certificate.file}", servername: localhost`,
      );

      await notifier.post(snapshot([{}]));
      await eventually('mail', () => smtp.mails.length === 1);

      expect(smtp.mails[0]).toMatchObject({ encrypted: true, user: 'u' });
    },
  );

  it('does not give its password to a server it cannot verify', async () => {
    smtp = await startSmtp({ user: 'u', password: PASSWORD, certificate: makeCertificate(folder.path) });
    const notifier = await start('user: u, password: { env: SMTP_PASSWORD }');

    await notifier.post(snapshot([{}]));
    await eventually('broken', () => notifier.notifier.status().channels[0]?.brokenSince);

    expect(notifier.notifier.status().channels[0]?.lastError).toContain('self-signed certificate');
    expect(row(notifier)).toMatchObject([{ state: 'pending', attempts: 0, last_class: 'config' }]);
  });

  it('holds mails and says so when the password is wrong, without showing it', async () => {
    smtp = await startSmtp({ user: 'u', password: 'another' });
    const notifier = await start('tls: none, user: u, password: { env: SMTP_PASSWORD }');

    await notifier.post(snapshot([{}]));
    await eventually('broken', () => notifier.notifier.status().channels[0]?.brokenSince);

    expect(await notifier.metrics()).toContain('pgfleet_notifier_channel_broken{channel="mail"} 1');
    expect(notifier.notifier.status().channels[0]?.lastError).toContain('535');
    const told =
      notifier.logs.join('') + JSON.stringify(notifier.notifier.status()) + JSON.stringify(row(notifier));
    expect(told).not.toContain('canary');
    expect(told).not.toContain(Buffer.from(PASSWORD).toString('base64'));
  });

  it('keeps a greylisted recipient from the others, and delivers to it later', async () => {
    smtp = await startSmtp();
    smtp.refuse.set('slow@example.com', '451 4.7.1 greylisted, try again later');
    const notifier = await start('tls: none', { to: 'ops@example.com, slow@example.com' });

    await notifier.post(snapshot([{}]));
    await eventually('first', () => smtp.mails.length === 1);
    await eventually('deferred', () => row(notifier)[1]?.last_class === 'transient');
    smtp.refuse.clear();
    await eventually('second', () => smtp.mails.length === 2);

    expect(smtp.mails.map(({ to }) => to)).toEqual([['ops@example.com'], ['slow@example.com']]);
    expect(smtp.mails[1]?.mail.text).not.toContain('duplicate');
  });

  it('holds only the recipient that does not exist', async () => {
    smtp = await startSmtp();
    smtp.refuse.set('gone@example.com', '550 5.1.1 no such user');
    const notifier = await start('tls: none', { to: 'gone@example.com, ops@example.com' });

    await notifier.post(snapshot([{ instance: 'a' }]));
    await eventually('other recipient', () => smtp.mails.length === 1);
    await notifier.post(snapshot([{ instance: 'b' }]));
    await eventually('other recipient again', () => smtp.mails.length === 2);

    const held = row(notifier).filter(({ recipient }) => recipient === 'gone@example.com');
    expect(held.every(({ state }) => state === 'pending')).toBe(true);
    expect(notifier.notifier.status().channels[0]?.brokenSince).toBeUndefined();
  });

  it('resends the very same mail when the server refused it for now', async () => {
    smtp = await startSmtp();
    smtp.atEnd = '452 4.3.1 mailbox full';
    const notifier = await start('tls: none');

    await notifier.post(snapshot([{}]));
    await eventually('refused', () => row(notifier)[0]?.last_class === 'transient');
    smtp.atEnd = undefined;
    await eventually('sent', () => row(notifier)[0]?.state === 'sent');

    expect(smtp.mails).toHaveLength(1);
    expect(row(notifier)).toMatchObject([{ attempts: 1 }]);
  });

  it('dead-letters what the server will never take, and lets the fallback channel have it', async () => {
    smtp = await startSmtp();
    const second = await startSmtp();
    smtp.atEnd = '554 5.7.1 looks like spam';
    running = await runNotifier({
      dataDir: folder.path,
      yaml: `
channels:
  - { name: first, type: email, from: a@example.com, to: [x@example.com], smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }
  - { name: second, type: email, from: a@example.com, to: [y@example.com], smtp: { host: 127.0.0.1, port: ${second.port}, tls: none } }
routes: [ { channels: [first] } ]
fallback: [second]
merge_window: { critical: 0s }`,
    });
    running.notifier.start();

    await running.post(snapshot([{}]));
    await eventually('alert and notice through the fallback', () => second.mails.length === 2);
    await second.close();

    expect(row(running)[0]).toMatchObject({ state: 'dead', last_class: 'payload' });
    const subjects = second.mails.map(({ mail }) => mail.subject).sort();
    expect(subjects[0]).toBe('[CRITICAL][FIRING] Down on db1:5432');
    expect(subjects[1]).toMatch(/^\[WARNING\] Channel "first" refused 1 message for good/);
  });

  it('gives a message back when it is told to stop while a server hangs', async () => {
    smtp = await startSmtp();
    smtp.atEnd = 'hang';
    const notifier = await start('tls: none');

    await notifier.post(snapshot([{}]));
    await eventually('sending', () => row(notifier)[0]?.state === 'sending');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await notifier.close();
    running = undefined;

    expect(readStore(folder.path, 'select state, last_class, possible_duplicate from outbox')).toEqual([
      { state: 'pending', last_class: 'ambiguous', possible_duplicate: 1 },
    ]);
    smtp.atEnd = undefined;
    const again = await start('tls: none');
    await eventually('resent', () => row(again)[0]?.state === 'sent');
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails[0]?.mail.text).toContain('Possibly a duplicate');
  });
});
