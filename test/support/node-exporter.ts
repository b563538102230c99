import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** node_exporter of the system or of the tools folder; undefined when there is none. */
export function findNodeExporter(): string | undefined {
  const given = process.env['PGFLEET_NODE_EXPORTER'];
  const folders = [...(process.env['PATH'] ?? '').split(':'), resolve('.pgfleet/tools/usr/bin')];
  const files = folders.flatMap((folder) =>
    ['prometheus-node-exporter', 'node_exporter'].map((name) => join(folder, name)),
  );
  return [...(given === undefined ? [] : [given]), ...files].find((file) => existsSync(file));
}

export interface NodeExporter {
  scrape(): Promise<string>;
  stop(): void;
}

/** Runs it on a free port of loopback until stopped. */
export async function startNodeExporter(
  binary: string,
  flags: readonly string[] = [],
): Promise<NodeExporter> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}/metrics`;
  const child = spawn(binary, [`--web.listen-address=127.0.0.1:${address.port}`, ...flags], {
    stdio: 'ignore',
  });
  const scrape = async () => (await fetch(url)).text();
  for (let tries = 0; tries < 100; tries += 1) {
    const ready = await scrape().then(
      () => true,
      () => false,
    );
    if (ready) return { scrape, stop: () => child.kill('SIGKILL') };
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`${binary} did not start`);
}
