import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, readStore, runNotifier, snapshot, temporaryFolder } from './harness.ts';
import { type SmtpHost, startSmtp } from './smtp.ts';

const ROUNDS = 6;

let smtp: SmtpHost;
let folder: { path: string; remove: () => void };
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = temporaryFolder();
  smtp = await startSmtp();
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await smtp.close();
  folder.remove();
});

async function startChild(): Promise<string> {
  const script = fileURLToPath(new URL('./notifier-process.ts', import.meta.url));
  child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, DATA_DIR: folder.path, SMTP_PORT: String(smtp.port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the child has no output');
  const [line] = await once(createInterface(child.stdout), 'line');
  return String(line);
}

/** Posts one new alert after the other until the process is gone; returns those that were acknowledged. */
async function postUntilKilled(webhook: string, round: number): Promise<string[]> {
  const acknowledged: string[] = [];
  async function client(number: number): Promise<void> {
    for (let index = 0; ; index += 1) {
      const instance = `r${round}-c${number}-n${index}`;
      try {
        const response = await fetch(`${webhook}/main`, {
          method: 'POST',
          body: JSON.stringify(snapshot([{ instance }])),
        });
        if (response.status === 200) acknowledged.push(instance);
      } catch {
        return;
      }
    }
  }
  setTimeout(() => child?.kill('SIGKILL'), 300 + round * 150);
  await Promise.all([client(0), client(1), client(2)]);
  return acknowledged;
}

describe('kill -9', () => {
  it('loses nothing that was acknowledged, and doubles nothing unmarked', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...(await postUntilKilled(await startChild(), round)));
    }

    const stored = readStore<{ instance: string }>(
      folder.path,
      `select json_extract(labels_json, '$.instance') as instance from incident
       join outbox on outbox.incident_id = incident.id where kind = 'open'`,
    ).map(({ instance }) => instance);

    expect(acknowledged.length).toBeGreaterThan(ROUNDS * 10);
    expect(acknowledged.filter((instance) => !stored.includes(instance))).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    expect(readStore(folder.path, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);

    // The leases of the killed ones have run out when the clock is past them.
    const last = await runNotifier({
      dataDir: folder.path,
      now: () => Date.now() + 61_000,
      yaml: `
channels:
  - { name: mail, type: email, from: a@example.com, to: [ops@example.com], per_minute: 10000,
      smtp: { host: 127.0.0.1, port: ${smtp.port}, tls: none } }`,
    });
    last.notifier.start();
    try {
      const unsent = `select count(*) as n from outbox where state <> 'sent'`;
      await eventually('everything sent', () => last.sql<{ n: number }>(unsent)[0]?.n === 0, 60_000);
    } finally {
      await last.close();
    }

    const seen = new Set<string>();
    const unmarked = smtp.mails.flatMap(({ mail }) => {
      const text = `${mail.subject} ${mail.text}`;
      const instances = [...new Set(text.match(/r\d+-c\d+-n\d+/g))];
      const again = instances.filter((instance) => seen.has(instance));
      for (const instance of instances) seen.add(instance);
      return text.includes('Possibly a duplicate') ? [] : again;
    });
    expect(unmarked).toEqual([]);
    expect(seen.size).toBeGreaterThan(0);
  });
});
