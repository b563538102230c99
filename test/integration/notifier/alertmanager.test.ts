import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../cli/demo/free-port.ts';
import { ALERTMANAGER_NAMES, findProgram } from '../../../cli/up/find-program.ts';
import { notice } from '../../support/notice.ts';
import { eventually, listen, type RunningNotifier, runNotifier, temporaryFolder } from './harness.ts';
import { type SmtpHost, startSmtp } from './smtp.ts';

const program = findProgram(...ALERTMANAGER_NAMES);

let smtp: SmtpHost;
let running: RunningNotifier;
let folder: { path: string; remove: () => void };
const children: { process: ChildProcess; output: string[] }[] = [];

/** A real Alertmanager that posts to the notifier; `cluster` are its gossip arguments. */
async function startAlertmanager(
  name: string,
  receiver: string,
  webhook: string,
  cluster: readonly string[],
) {
  const port = await freePort();
  const file = join(folder.path, `${name}.yml`);
  writeFileSync(
    file,
    `route: { receiver: "${receiver}", group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 1h }
receivers: [ { name: "${receiver}", webhook_configs: [ { url: "${webhook}/main", send_resolved: true } ] } ]
`,
  );
  const arguments_ = [
    `--config.file=${file}`,
    `--storage.path=${join(folder.path, name)}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=http://127.0.0.1:${port}`,
    ...cluster,
  ];
  const child = spawn(program ?? '', arguments_, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  children.push({ process: child, output });
  const url = `http://127.0.0.1:${port}`;
  await eventually(`${name} ready`, () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return url;
}

async function raise(
  urls: readonly string[],
  instance: string,
  extra: { startsAt?: string; endsAt?: string } = {},
) {
  const alert = {
    labels: { alertname: 'Down', instance, severity: 'critical' },
    annotations: { summary: `${instance} is down` },
    ...extra,
  };
  for (const url of urls) {
    const response = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });
    expect(response.status).toBe(200);
  }
}

beforeEach(async () => {
  folder = temporaryFolder();
  smtp = await startSmtp();
  running = await runNotifier({
    dataDir: folder.path,
    yaml: `
channels:
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], per_minute: 1000,
      smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }
merge_window: { critical: 0s }`,
  });
  running.notifier.start();
});

afterEach(async () => {
  for (const { process: child } of children.splice(0)) child.kill('SIGKILL');
  await running.close();
  await smtp.close();
  folder.remove();
});

afterAll(() => {
  if (program === undefined)
    notice('notifier with a real Alertmanager', 'no alertmanager on PATH or in .pgfleet/tools');
});

describe.skipIf(program === undefined)('Alertmanager', () => {
  it('travels from an alert to a mail, firing and resolved, under a receiver with dots in its name', async () => {
    const url = await startAlertmanager('am', 'ops.email', running.webhook, ['--cluster.listen-address=']);
    const startsAt = new Date(Date.now() - 5000).toISOString();

    await raise([url], 'db1:5432', { startsAt });
    await eventually('firing', () => smtp.mails.length === 1);
    await raise([url], 'db1:5432', { startsAt, endsAt: new Date().toISOString() });
    await eventually('resolved', () => smtp.mails.length === 2);

    expect(smtp.mails.map(({ mail }) => mail.subject)).toEqual([
      '[CRITICAL][FIRING] db1:5432 is down',
      '[CRITICAL][RESOLVED] db1:5432 is down',
    ]);
    expect(smtp.mails[0]?.mail.text).toContain(`Silence: ${url}/#/silences/new?filter=`);
    expect(running.sql('select count(*) as n from incident where closed_at is not null')).toEqual([{ n: 1 }]);
  });

  it('hears of what happened while the notifier was away', async () => {
    const gone = running.webhook;
    await running.close();
    const url = await startAlertmanager('am', 'notifier', gone, ['--cluster.listen-address=']);
    await raise([url], 'db1:5432');
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(smtp.mails).toEqual([]);

    running = await runNotifier({
      dataDir: folder.path,
      port: Number(new URL(gone).port),
      yaml: `
channels:
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }`,
    });
    running.notifier.start();
    await eventually('mail', () => smtp.mails.length === 1, 30_000);

    expect(smtp.mails[0]?.mail.subject).toBe('[CRITICAL][FIRING] db1:5432 is down');
  });

  it('makes one mail of what both peers of a pair deliver', async () => {
    const [gossipA, gossipB] = [await freePort(), await freePort()];
    const peer = (own: number, other: number) => [
      `--cluster.listen-address=127.0.0.1:${own}`,
      `--cluster.advertise-address=127.0.0.1:${own}`,
      `--cluster.peer=127.0.0.1:${other}`,
      '--cluster.peer-timeout=1s',
      '--cluster.settle-timeout=1s',
    ];
    // The first attempts fail, so that both peers keep trying and both deliver.
    const gate = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen += 1;
        if (Date.now() < openAt) {
          response.writeHead(500).end();
          return;
        }
        const body = Buffer.concat(chunks).toString();
        senders.add((JSON.parse(body) as { externalURL: string }).externalURL);
        running.post(body).then(
          ({ status }) => response.writeHead(status).end(),
          () => response.writeHead(500).end(),
        );
      });
    });
    const senders = new Set<string>();
    let seen = 0;
    let openAt = Date.now() + 60_000;
    const webhook = `http://127.0.0.1:${await listen(gate)}`;
    const urls = [
      await startAlertmanager('a', 'notifier', webhook, peer(gossipA, gossipB)),
      await startAlertmanager('b', 'notifier', webhook, peer(gossipB, gossipA)),
    ];

    await raise(urls, 'db1:5432');
    await eventually('both try', () => seen >= 4, 30_000);
    openAt = 0;
    await eventually('mail', () => smtp.mails.length > 0, 30_000);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    gate.closeAllConnections();
    gate.close();

    expect([...senders].sort()).toEqual([...urls].sort());
    expect(smtp.mails.map(({ mail }) => mail.subject)).toEqual(['[CRITICAL][FIRING] db1:5432 is down']);
  });
});
