import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresServer } from '../../cli/demo/embedded-postgres.ts';
import { freePort } from '../../cli/demo/free-port.ts';
import { projectFile } from '../../lib/project-file.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { ProcessUnderTest, scrape } from './process-under-test.ts';
import { type BenchRow, benchOptions, progress, quantile, report } from './report.ts';

const options = benchOptions(
  'fleet',
  `One exporter process watches 200 targets every 15 s for 5 minutes, then 1,000 targets every 60 s: slowest
probes, memory and whether it grows, backends. The targets are ten PostgreSQL 16 behind as many ports. Their
planning and forking shares the machine with what is measured, so all are connected first, a few at a time.`,
);

interface Load {
  readonly targets: number;
  readonly intervalSeconds: number;
  readonly seconds: number;
}

const loads: readonly Load[] = options.quick
  ? [{ targets: 100, intervalSeconds: 15, seconds: 60 }]
  : [
      { targets: 200, intervalSeconds: 15, seconds: 300 },
      { targets: 1000, intervalSeconds: 60, seconds: 300 },
    ];

const SERVERS = 10;
/** First probes at once: more than the machine has cores, so that none of them idles. */
const CONNECTING = 4;

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-bench-'));
const closers: (() => Promise<unknown> | unknown)[] = [
  () => rmSync(folder, { recursive: true, force: true }),
];

try {
  const servers = await startServers();
  const rows: BenchRow[] = [];
  for (const load of loads) rows.push(...(await measure(servers, load)));
  report('fleet', { PostgreSQL: servers[0]?.version ?? '' }, rows, options);
} finally {
  for (const close of closers.reverse()) await close();
}

async function startServers(): Promise<PostgresServer[]> {
  const servers: PostgresServer[] = [];
  for (let n = 0; n < SERVERS; n += 1) {
    const most = Math.max(...loads.map(({ targets }) => targets));
    const settings = { max_connections: most / SERVERS + 50, shared_buffers: '32MB' };
    const server = await startTestPostgres({ major: 16, settings });
    closers.push(() => server.stop('immediate'));
    servers.push(server);
  }
  return servers;
}

async function measure(servers: readonly PostgresServer[], load: Load): Promise<BenchRow[]> {
  const what = `${load.targets} targets every ${load.intervalSeconds} s`;
  const forwarder = await startForwarder(
    servers.map(({ port }) => port),
    load.targets,
  );
  const ours = await startOurs(forwarder.ports);
  const probe = (n: number) => scrape(`${ours.url}/probe/postgres?target=t${n}`, 10);
  progress(`Connecting to ${load.targets} targets`);
  const first: number[] = [];
  const waiting = forwarder.ports.keys();
  const connecters = Array.from({ length: CONNECTING }, async () => {
    for (const n of waiting) first.push((await probe(n)).seconds);
  });
  await Promise.all(connecters);
  progress(`Measuring ${what} for ${load.seconds} s`);
  const durations: number[] = [];
  const memory: number[] = [];
  const cpuBefore = ours.process.cpuSeconds();
  const startedAt = performance.now();
  const end = startedAt + load.seconds * 1000;
  // Each target has its own offset within the interval, as Prometheus spreads them.
  const scrapers = forwarder.ports.map(async (_port, n) => {
    let at = startedAt + (n / load.targets) * load.intervalSeconds * 1000;
    for (; at < end; at += load.intervalSeconds * 1000) {
      await sleep(Math.max(0, at - performance.now()));
      durations.push((await probe(n)).seconds);
    }
  });
  const watcher = (async () => {
    while (performance.now() < end) {
      await sleep(2000);
      memory.push(ours.process.rssBytes() / 2 ** 20);
    }
  })();
  await Promise.all([...scrapers, watcher]);
  const cpuShare = (ours.process.cpuSeconds() - cpuBefore) / load.seconds;
  const backends = await Promise.all(servers.map(ourBackends));
  await ours.process.stop();
  forwarder.stop();
  const half = memory.slice(Math.floor(memory.length / 2));
  const [third, fourth] = [half.slice(0, half.length / 2), half.slice(half.length / 2)];
  return [
    { ...limit(`${what}: first probe, median`, 's', quantile(first, 0.5), 0.5), goal: undefined },
    limit(`${what}: probe p99`, 's', quantile(durations, 0.99), 0.5),
    limit(`${what}: memory, most`, 'MiB', Math.max(...memory), 350),
    limit(`${what}: memory, last quarter to third`, 'ratio', mean(fourth) / mean(third), 1.05),
    limit(`${what}: steady backends per target`, 'count', sum(backends) / load.targets, 1),
    limit(`${what}: CPU`, 'cores', cpuShare, 1),
  ];
}

async function ourBackends(server: PostgresServer): Promise<number> {
  const { rows } = await server.query(
    `select count(*)::int as n from pg_stat_activity where application_name = 'pgfleet' and datname = 'postgres'`,
  );
  return Number(rows[0].n);
}

async function startForwarder(targets: readonly number[], count: number) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'forwarder.ts'), String(count), ...targets.map(String)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = () => void child.kill('SIGKILL');
  closers.push(stop);
  for await (const line of createInterface({ input: child.stdout })) {
    const ports: unknown = JSON.parse(line);
    if (Array.isArray(ports)) return { ports: ports.map(Number), stop };
  }
  throw new Error('the forwarder ended before it was ready');
}

async function startOurs(ports: readonly number[]) {
  const listen = await freePort();
  const file = join(folder, `${ports.length}.yml`);
  const servers = ports.map((port, n) => `  - { name: t${n}, address: "127.0.0.1:${port}" }`);
  writeFileSync(
    file,
    `log: { level: error }\npostgres: { user: postgres, sslmode: disable }\nservers:\n${servers.join('\n')}\n`,
  );
  const args = [
    projectFile('dist/cli/main.js'),
    'export',
    '--config',
    file,
    '--listen',
    `127.0.0.1:${listen}`,
  ];
  const ours = new ProcessUnderTest(process.execPath, args);
  closers.push(() => ours.stop());
  const url = `http://127.0.0.1:${listen}`;
  await ours.ready(`${url}/-/ready`);
  return { process: ours, url };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function limit(metric: string, unit: string, ours: number, bound: number): BenchRow {
  return { metric, unit, ours, peer: bound, peerName: 'limit', goal: 1 };
}
