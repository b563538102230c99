import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A Prometheus of our own: free port, data in a temporary folder, one second between scrapes and evaluations. */
export interface TestPrometheus {
  readonly url: string;
  /** `/api/v1/<path>`; throws with Prometheus's own message when it answers with an error. */
  api<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
  /** Asks until the answer satisfies, at most a minute; returns it. */
  until<T>(ask: () => Promise<T>, satisfied: (answer: T) => boolean): Promise<T>;
  close(): Promise<void>;
}

export interface TestPrometheusOptions {
  readonly binary: string;
  readonly ruleFiles: readonly string[];
  /** The exposition served to every job, made anew for every scrape. */
  readonly metrics: () => string;
  readonly jobs: readonly string[];
}

export async function startPrometheus(options: TestPrometheusOptions): Promise<TestPrometheus> {
  const { binary, ruleFiles, metrics, jobs } = options;
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-prometheus-'));
  const target = await serve(metrics);
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      honor_labels: true,
      metrics_path: `/${job}`,
      static_configs: [{ targets: [`127.0.0.1:${portOf(target)}`] }],
    })),
  };
  const configFile = join(folder, 'prometheus.yml');
  writeFileSync(configFile, stringify(config));
  const process = spawn(
    binary,
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const url = `http://${await listenAddress(process)}`;
  const close = async () => {
    target.close();
    target.closeAllConnections();
    if (process.exitCode === null) {
      process.kill('SIGKILL');
      await once(process, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, api: (path, parameters) => ask(url, path, parameters), until, close };
}

async function serve(metrics: () => string): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Prometheus logs where it listens, then answers; with port 0 its log is the only place to learn the port. */
function listenAddress(process: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    let address: string | undefined;
    process.once('error', reject);
    process.once('exit', (code) => reject(new Error(`prometheus exited with ${code}:\n${log}`)));
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (address !== undefined && log === '') return;
      log += text;
      address ??= /Listening on".*? address=(\S+)/.exec(log)?.[1];
      if (address !== undefined && log.includes('Server is ready to receive web requests')) {
        log = '';
        resolve(address);
      }
    });
  });
}

async function ask<T>(
  url: string,
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const answer = (await response.json()) as { status: string; error?: string; data: T };
  if (answer.status !== 'success') throw new Error(answer.error ?? `HTTP ${response.status}`);
  return answer.data;
}

async function until<T>(question: () => Promise<T>, satisfied: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await question();
    if (satisfied(answer)) return answer;
    if (Date.now() > end) throw new Error(`not within a minute: ${JSON.stringify(answer).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
