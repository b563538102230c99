import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../cli/up/find-program.ts';

/** node_exporter of the system or of the tools folder; undefined when there is none. */
export function findNodeExporter(): string | undefined {
  const given = process.env['PGFLEET_NODE_EXPORTER'];
  return given !== undefined && existsSync(given)
    ? given
    : findProgram('prometheus-node-exporter', 'node_exporter');
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
