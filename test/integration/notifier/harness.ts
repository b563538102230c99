import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import Database from 'libsql';
import { Registry } from 'prom-client';
import { freePort } from '../../../cli/demo/free-port.ts';
import { parseConfig } from '../../../lib/config.ts';
import { createLogger } from '../../../lib/log.ts';
import { loadChannelTypes, type NotifyConfig, notifySchema } from '../../../notifier/config.ts';
import type { Language } from '../../../notifier/message.ts';
import { createNotifier, type Notifier } from '../../../notifier/notifier.ts';
import { storeFile } from '../../../notifier/store.ts';

export interface RunningNotifier {
  readonly notifier: Notifier;
  /** Address of the webhook. */
  readonly webhook: string;
  readonly dataDir: string;
  /** Every log line so far. */
  readonly logs: readonly string[];
  post(body: unknown, source?: string): Promise<Response>;
  metrics(): Promise<string>;
  sql<Row>(query: string): Row[];
  close(): Promise<void>;
}

/** A temporary directory that the caller removes. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'pgfleet-notifier-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Reads a `notify:` part written in YAML. */
export async function notifyConfig(yaml: string, env: Record<string, string> = {}): Promise<NotifyConfig> {
  const schema = notifySchema(await loadChannelTypes());
  return parseConfig(schema, { file: join(tmpdir(), 'pgfleet.yml'), text: yaml, env });
}

/** A notifier behind a real HTTP server on a free port, with its store on disk. */
export async function runNotifier(options: {
  yaml: string;
  env?: Record<string, string>;
  dataDir: string;
  language?: Language;
  alertmanagerUrl?: string;
  now?: () => number;
  /** Default: a free one. */
  port?: number;
}): Promise<RunningNotifier> {
  const config = await notifyConfig(options.yaml, options.env);
  const logs: string[] = [];
  const registry = new Registry();
  const notifier = await createNotifier(config, {
    log: createLogger({ name: 'notifier', level: 'debug' }, { write: (line) => void logs.push(line) }),
    now: options.now ?? Date.now,
    dataDir: options.dataDir,
    language: options.language ?? 'en',
    alertmanagerUrl: options.alertmanagerUrl,
    registry,
  });
  const app = express().use(notifier.router);
  const server = createServer(app);
  const port = await listen(server, options.port ?? (await freePort()));
  const webhook = `http://127.0.0.1:${port}/v1/alertmanager`;
  return {
    notifier,
    webhook,
    dataDir: options.dataDir,
    logs,
    post: (body, source = 'main') =>
      fetch(`${webhook}/${source}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    metrics: () => registry.metrics(),
    sql: (query) => readStore(options.dataDir, query),
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await notifier.close();
    },
  };
}

/** Listens on the loopback address, on a free port unless one is given. */
export function listen(server: Server, wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Reads the store beside the notifier. */
export function readStore<Row>(dataDir: string, query: string): Row[] {
  const db = new Database(storeFile(dataDir), { timeout: 5000 });
  try {
    return db.prepare(query).all() as Row[];
  } finally {
    db.close();
  }
}

/** Asks again and again until the answer is truthy; throws after the time with what was last seen. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 20_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`${what}: did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface TestAlert {
  readonly name?: string;
  readonly instance?: string;
  readonly severity?: string;
  readonly status?: 'firing' | 'resolved';
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** A webhook body as Alertmanager 0.25 sends it. */
export function snapshot(alerts: readonly TestAlert[], extra: object = {}): object {
  const entries = alerts.map((alert) => {
    const labels = {
      alertname: alert.name ?? 'Down',
      instance: alert.instance ?? 'db1:5432',
      severity: alert.severity ?? 'critical',
      ...alert.labels,
    };
    const status = alert.status ?? 'firing';
    return {
      status,
      labels,
      annotations: alert.annotations ?? { summary: `${labels.alertname} on ${labels.instance}` },
      startsAt: new Date(alert.startsAt ?? Date.now() - 60_000).toISOString(),
      endsAt:
        status === 'firing' ? '0001-01-01T00:00:00Z' : new Date(alert.endsAt ?? Date.now()).toISOString(),
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: Buffer.from(`${labels.alertname}|${labels.instance}`).toString('hex'),
    };
  });
  return {
    receiver: 'notifier',
    status: entries.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts: entries,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    ...extra,
  };
}
