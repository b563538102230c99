import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresServer } from '../../cli/demo/embedded-postgres.ts';
import { freePort } from '../../cli/demo/free-port.ts';
import { findProgram } from '../../cli/up/find-program.ts';
import { loadPostgresCollectors } from '../../exporters/postgres/exporter.ts';
import { projectFile } from '../../lib/project-file.ts';
import { runCommand } from '../../lib/run-command.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { ProcessUnderTest, samplesByName, scrape } from './process-under-test.ts';
import { type BenchRow, benchOptions, progress, quantile, report } from './report.ts';
import { countingProxy } from './round-trips.ts';

const options = benchOptions(
  'postgres',
  `Scrapes one PostgreSQL 15 with 10 databases of 500 tables each, in turns with postgres_exporter, equal families:
wall time, CPU per sample, backends and round trips. Then 100 databases, and one database of 100,000 relations.`,
);

/** What Debian's postgres_exporter (0.11) gathers by default, as collectors of ours. */
const EQUAL_COLLECTORS = [
  ...['server', 'settings', 'stat_activity', 'stat_archiver', 'stat_bgwriter', 'stat_database', 'locks'],
  ...['stat_database_conflicts', 'stat_replication', 'replication_slots', 'database_size'],
];

const rounds = options.quick ? 60 : 200;
/** An exporter runs for months: its first minutes, while V8 still compiles, are not its cost. */
const WARM_UP_ROUNDS = 150;
const peerFile = options.peer ?? findProgram('postgres_exporter', 'prometheus-postgres-exporter');
if (peerFile === undefined)
  throw new Error('expected postgres_exporter on PATH, found none; give --peer PATH');

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-bench-'));
const rows: BenchRow[] = [];
const closers: (() => Promise<unknown> | unknown)[] = [
  () => rmSync(folder, { recursive: true, force: true }),
];
const peerVersion = await versionOf(peerFile);

try {
  const server = await startServer();
  rows.push(...(await besideThePeer(server)));
  await createDatabases(server, 'wide', options.quick ? 30 : 90, 5);
  rows.push(...(await bounded(server, `${options.quick ? 40 : 100} databases`, 10)));
  await createRelations(server, options.quick ? 10_000 : 100_000);
  rows.push(
    ...(await bounded(server, `${options.quick ? '10,000' : '100,000'} relations in one database`, 10)),
  );
  report('postgres', { PostgreSQL: server.version, peer: peerVersion }, rows, options);
} finally {
  for (const close of closers.reverse()) await close();
}

async function startServer(): Promise<PostgresServer> {
  progress('Starting PostgreSQL 15 with 10 databases of 500 tables');
  const server = await startTestPostgres({
    major: 15,
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      autovacuum: 'off',
      max_locks_per_transaction: 4096,
    },
  });
  closers.push(() => server.stop('immediate'));
  await server.query('create extension pg_stat_statements');
  await createDatabases(server, 'app', 10, 500);
  return server;
}

async function createDatabases(
  server: PostgresServer,
  name: string,
  count: number,
  tables: number,
): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await server.query(`create database ${name}_${n}`);
    await server.query(createTables('t', tables), [], `${name}_${n}`);
  }
}

/** A table with its primary key is two relations; batches, for each holds its locks to the end. */
async function createRelations(server: PostgresServer, relations: number): Promise<void> {
  progress(`Creating ${relations} relations in one database`);
  await server.query('create database huge');
  const batch = 2500;
  for (let n = 0; n < relations / 2 / batch; n += 1)
    await server.query(createTables(`h${n}`, batch), [], 'huge');
}

function createTables(prefix: string, count: number): string {
  return `do $$ begin for i in 1..${count} loop
    execute format('create table ${prefix}_%s (id int primary key, note int)', i); end loop; end $$`;
}

/** The same families from the same server, in turns. */
async function besideThePeer(server: PostgresServer): Promise<BenchRow[]> {
  const proxy = await countingProxy(server.port);
  closers.push(() => proxy.close());
  const all = (await loadPostgresCollectors()).map(({ name }) => name);
  const ours = await startOurs(proxy.port, {
    disable: all.filter((name) => !EQUAL_COLLECTORS.includes(name)),
  });
  const peerPort = await freePort();
  const peer = new ProcessUnderTest(peerFile ?? '', [`--web.listen-address=127.0.0.1:${peerPort}`], {
    DATA_SOURCE_NAME: `postgresql://postgres@127.0.0.1:${server.port}/postgres?sslmode=disable`,
  });
  closers.push(() => peer.stop());
  const peerUrl = `http://127.0.0.1:${peerPort}/metrics`;
  await peer.ready(peerUrl);

  const common = await commonSamples(ours.url, peerUrl);
  progress(
    `Warming up for ${WARM_UP_ROUNDS} rounds, then ${rounds} in turns, ${common} samples of equal families`,
  );
  for (let n = 0; n < WARM_UP_ROUNDS; n += 1) await Promise.all([scrape(ours.url), scrape(peerUrl)]);
  const before = { ours: ours.process.cpuSeconds(), peer: peer.cpuSeconds(), trips: proxy.roundTrips() };
  const seconds = { ours: [] as number[], peer: [] as number[] };
  const samples = { ours: 0, peer: 0 };
  for (let n = 0; n < rounds; n += 1) {
    const [own, other] = [await scrape(ours.url), await scrape(peerUrl)];
    seconds.ours.push(own.seconds);
    seconds.peer.push(other.seconds);
    samples.ours += total(samplesByName(own.text));
    samples.peer += total(samplesByName(other.text));
  }
  const cpu = { ours: ours.process.cpuSeconds() - before.ours, peer: peer.cpuSeconds() - before.peer };
  const trips = (proxy.roundTrips() - before.trips) / rounds;
  const backends = await backendsOf(server, 'pgfleet');
  await ours.process.stop();
  await peer.stop();
  return [
    row('scrape wall time, median', 's', quantile(seconds.ours, 0.5), quantile(seconds.peer, 0.5), 0.5),
    row('scrape wall time, p95', 's', quantile(seconds.ours, 0.95), quantile(seconds.peer, 0.95), 0.5),
    row('exporter CPU per sample', 's', cpu.ours / samples.ours, cpu.peer / samples.peer, 1),
    limit('backends on the server', 'count', backends, 2),
    limit('round trips per scrape', 'count', trips, 2),
  ];
}

/** Everything on: the answer must come within the scrape timeout and the memory stay small. */
async function bounded(server: PostgresServer, what: string, timeoutSeconds: number): Promise<BenchRow[]> {
  progress(`Measuring ${what}`);
  const ours = await startOurs(server.port, {});
  const seconds: number[] = [];
  for (let n = 0; n < (options.quick ? 5 : 20); n += 1) {
    seconds.push((await scrape(ours.url, timeoutSeconds)).seconds);
    await sleep(200);
  }
  const rss = ours.process.rssBytes();
  const backends = await backendsOf(server, 'pgfleet');
  await ours.process.stop();
  return [
    limit(`${what}: slowest scrape`, 's', quantile(seconds, 1), timeoutSeconds),
    limit(`${what}: memory`, 'MiB', rss / 2 ** 20, 350),
    limit(`${what}: backends`, 'count', backends, 2),
  ];
}

async function startOurs(port: number, collectors: { disable?: readonly string[] }) {
  const listen = await freePort();
  const file = join(folder, `${listen}.yml`);
  writeFileSync(
    file,
    `log: { level: error }
postgres: { user: postgres, sslmode: disable, collectors: ${JSON.stringify(collectors)} }
servers: [ { name: bench, address: "127.0.0.1:${port}" } ]
`,
  );
  const args = [
    projectFile('dist/cli/main.js'),
    'export',
    '--config',
    file,
    '--listen',
    `127.0.0.1:${listen}`,
  ];
  const process_ = new ProcessUnderTest(process.execPath, args);
  closers.push(() => process_.stop());
  await process_.ready(`http://127.0.0.1:${listen}/-/ready`);
  return { process: process_, url: `http://127.0.0.1:${listen}/probe/postgres?target=bench` };
}

/** Samples of families that both have; fails when they hardly agree, for then nothing is compared. */
async function commonSamples(ours: string, peer: string): Promise<number> {
  const [own, other] = [samplesByName((await scrape(ours)).text), samplesByName((await scrape(peer)).text)];
  const families = [...other.keys()].filter((name) => name.startsWith('pg_'));
  const shared = families.filter((name) => own.has(name));
  if (shared.length < families.length * 0.8) {
    const missing = families.filter((name) => !own.has(name)).join(', ');
    throw new Error(
      `expected at least 80 % of ${families.length} families in common, found ${shared.length}; missing: ${missing}`,
    );
  }
  return shared.reduce((sum, name) => sum + (own.get(name) ?? 0), 0);
}

async function backendsOf(server: PostgresServer, application: string): Promise<number> {
  const { rows: found } = await server.query(
    `select count(*)::int as n from pg_stat_activity where application_name = '${application}'`,
  );
  return Number(found[0].n);
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts].reduce((sum, [name, count]) => (name.startsWith('pg') ? sum + count : sum), 0);
}

function row(metric: string, unit: string, ours: number, peer: number, goal: number): BenchRow {
  return { metric, unit, ours, peer, peerName: peerVersion, goal };
}

function limit(metric: string, unit: string, ours: number, bound: number): BenchRow {
  return { metric, unit, ours, peer: bound, peerName: 'limit', goal: 1 };
}

async function versionOf(file: string): Promise<string> {
  const { stdout, stderr } = await runCommand(file, ['--version'], { timeoutMs: 10_000, maxBytes: 10_000 });
  return /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown version';
}
