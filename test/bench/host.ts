import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../cli/demo/free-port.ts';
import { findProgram } from '../../cli/up/find-program.ts';
import { CAPTURE_SCRIPT_PATH } from '../../exporters/host/transports/capture-script.ts';
import { createLogger } from '../../lib/log.ts';
import { projectFile } from '../../lib/project-file.ts';
import { runCommand } from '../../lib/run-command.ts';
import { findSshd, startSshd } from '../support/sshd.ts';
import { ProcessUnderTest, scrape } from './process-under-test.ts';
import { type BenchRow, benchOptions, progress, quantile, report } from './report.ts';

const options = benchOptions(
  'host',
  `Reads this machine with capture.sh, in turns with node_exporter: CPU on the target, bytes moved, scrape time over
ssh. Then how many captures one core parses and renders, and 500 hosts on one process.`,
);

const rounds = options.quick ? 15 : 60;
const peerFile = options.peer ?? findProgram('node_exporter', 'prometheus-node-exporter');
if (peerFile === undefined) throw new Error('expected node_exporter on PATH, found none; give --peer PATH');
const folder = mkdtempSync(join(tmpdir(), 'pgfleet-bench-'));
const closers: (() => Promise<unknown> | unknown)[] = [
  () => rmSync(folder, { recursive: true, force: true }),
];
const peerVersion = await versionOf(peerFile);

try {
  const capture = join(folder, 'this.cap');
  const { stdout } = await runCommand('/bin/sh', [CAPTURE_SCRIPT_PATH, '-b', '30', 'fast'], {
    timeoutMs: 60_000,
    maxBytes: 50_000_000,
  });
  writeFileSync(capture, stdout);
  const rows = [
    ...(await besideThePeer(Buffer.byteLength(stdout))),
    await throughput(stdout),
    ...(await manyHosts(capture)),
  ];
  report('host', { peer: peerVersion, Node: process.version }, rows, options);
} finally {
  for (const close of closers.reverse()) await close();
}

async function besideThePeer(captureBytes: number): Promise<BenchRow[]> {
  const port = await freePort();
  const peer = new ProcessUnderTest(peerFile ?? '', [`--web.listen-address=127.0.0.1:${port}`]);
  closers.push(() => peer.stop());
  const peerUrl = `http://127.0.0.1:${port}/metrics`;
  await peer.ready(peerUrl);
  const ours = await overSsh();

  progress(`Measuring ${rounds} rounds in turns`);
  for (let n = 0; n < 3; n += 1)
    await Promise.all([scrape(peerUrl), ...(ours === undefined ? [] : [scrape(ours)])]);
  const peerBefore = peer.cpuSeconds();
  const seconds = { ours: [] as number[], peer: [] as number[] };
  let peerBytes = 0;
  for (let n = 0; n < rounds; n += 1) {
    if (ours !== undefined) seconds.ours.push((await scrape(ours)).seconds);
    const other = await scrape(peerUrl);
    seconds.peer.push(other.seconds);
    peerBytes = Buffer.byteLength(other.text);
  }
  const peerCpu = (peer.cpuSeconds() - peerBefore) / rounds;
  const ownCpu = await captureCpu();
  await peer.stop();
  const beside = (metric: string, unit: string, own: number, other: number): BenchRow => ({
    metric,
    unit,
    ours: own,
    peer: other,
    peerName: peerVersion,
    goal: undefined,
  });
  return [
    beside('CPU on the target per capture', 's', ownCpu, peerCpu),
    beside('bytes moved per scrape, uncompressed', 'bytes', captureBytes, peerBytes),
    ...(ours === undefined
      ? []
      : [
          beside(
            'scrape time over ssh, median',
            's',
            quantile(seconds.ours, 0.5),
            quantile(seconds.peer, 0.5),
          ),
        ]),
  ];
}

/** User and system time of one fast capture, its children included, as the shell's `times` counts them. */
async function captureCpu(): Promise<number> {
  const loop = `n=0; while [ $n -lt ${rounds} ]; do /bin/sh "$1" -b 10 fast >/dev/null; n=$((n + 1)); done; times`;
  const { stdout } = await runCommand('/bin/sh', ['-c', loop, 'sh', CAPTURE_SCRIPT_PATH], {
    timeoutMs: 600_000,
    maxBytes: 10_000,
  });
  // Second line: user and system time of the children, "0m1.23s 0m0.45s".
  const children = stdout.trim().split('\n').at(-1) ?? '';
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  if (seconds.length !== 2)
    throw new Error(`expected two times from the shell, found ${JSON.stringify(stdout)}`);
  return seconds.reduce((sum, value) => sum + value, 0) / rounds;
}

/** URL of an exporter that reads this machine through a real sshd; undefined where there is none. */
async function overSsh(): Promise<string | undefined> {
  const binary = findSshd();
  if (binary === undefined) {
    progress('No sshd on this machine: the scrape over ssh is left out');
    return undefined;
  }
  const sshd = await startSshd(binary);
  closers.push(() => sshd.stop());
  const known = join(folder, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
  const url = await startOurs(
    `ssh: { user: ${sshd.user}, key_file: ${sshd.clientKey}, known_hosts_file: ${known} }
hosts: [ { name: bench, transport: ssh, ssh: { address: "127.0.0.1:${sshd.port}" } } ]`,
  );
  return `${url.url}/probe/host?target=bench`;
}

/**
 * CPU time of all threads of this process for a capture that has arrived: parsed, collected, rendered. The median
 * of many blocks, since neighbours on a shared machine slow some of them down.
 */
async function throughput(text: string): Promise<BenchRow> {
  progress('Measuring parsing and rendering');
  const host = await builtHost(text);
  const signal = new AbortController().signal;
  const block = async (count: number) => {
    const before = process.cpuUsage();
    for (let n = 0; n < count; n += 1) await host.scrape(signal);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6 / count;
  };
  // Until V8 has compiled what runs for months.
  await block(1000);
  const seconds: number[] = [];
  for (let n = 0; n < (options.quick ? 10 : 40); n += 1) seconds.push(await block(50));
  return {
    metric: 'CPU to parse and render a capture, median',
    unit: 's',
    ours: quantile(seconds, 0.5),
    peer: 1 / 300,
    peerName: 'limit',
    goal: 1,
  };
}

/** A host of the compiled form, which is what users run, whose captures are always this text. */
async function builtHost(text: string) {
  const built = (file: string) => import(projectFile(`dist/${file}.js`));
  const { Host }: typeof import('../../exporters/host/host.ts') = await built('exporters/host/host');
  const { loadHostCollectors }: typeof import('../../exporters/host/exporter.ts') =
    await built('exporters/host/exporter');
  const { renderScrape }: typeof import('../../lib/exposition.ts') = await built('lib/exposition');
  const { loadCatalog }: typeof import('../../catalog/catalog.ts') = await built('catalog/catalog');
  const collectors = await loadHostCollectors();
  const host = new Host({
    name: 'bench',
    transport: {
      kind: 'capture',
      description: 'memory',
      run: async () => ({ text, exchange: undefined }),
      close: async () => undefined,
    },
    collectors: collectors.filter(({ enabledByDefault }) => enabledByDefault !== false),
    disabled: [],
    slowTiers: [],
    catalog: loadCatalog(),
    log: createLogger({ name: 'bench', level: 'silent' }),
    now: Date.now,
  });
  return {
    scrape: async (signal: AbortSignal) =>
      renderScrape(await host.probe({ budgetMs: 10_000, signal }), 'text').length,
  };
}

async function manyHosts(capture: string): Promise<BenchRow[]> {
  const [count, interval, duration] = options.quick ? [100, 10, 40] : [500, 30, 240];
  progress(`Measuring ${count} hosts every ${interval} s for ${duration} s`);
  const text = readFileSync(capture, 'utf8');
  const hosts = Array.from({ length: count }, (_, n) => {
    writeFileSync(join(folder, `h${n}.cap`), text);
    return `  - { name: h${n}, transport: capture, capture: { file: ${join(folder, `h${n}.cap`)} } }`;
  });
  const ours = await startOurs(`hosts:\n${hosts.join('\n')}`);
  const memory: number[] = [];
  const seconds: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + duration * 1000;
  const scrapers = hosts.map(async (_host, n) => {
    for (let at = startedAt + (n / count) * interval * 1000; at < end; at += interval * 1000) {
      await sleep(Math.max(0, at - performance.now()));
      seconds.push((await scrape(`${ours.url}/probe/host?target=h${n}`, 10)).seconds);
    }
  });
  const watcher = (async () => {
    while (performance.now() < end) {
      await sleep(1000);
      memory.push(ours.process.rssBytes() / 2 ** 20);
    }
  })();
  await Promise.all([...scrapers, watcher]);
  await ours.process.stop();
  const half = memory.slice(Math.floor(memory.length / 2));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = Math.floor(half.length / 2);
  const what = `${count} hosts every ${interval} s`;
  const limit = (metric: string, unit: string, value: number, bound: number): BenchRow => ({
    ...{ metric: `${what}: ${metric}`, unit, ours: value, peer: bound, peerName: 'limit', goal: 1 },
  });
  return [
    limit('scrape p99', 's', quantile(seconds, 0.99), 0.5),
    limit('memory, most', 'MiB', Math.max(...memory), 350),
    limit(
      'memory, last quarter to third',
      'ratio',
      mean(half.slice(middle)) / mean(half.slice(0, middle)),
      1.05,
    ),
  ];
}

async function startOurs(yaml: string) {
  const listen = await freePort();
  const file = join(folder, `${listen}.yml`);
  writeFileSync(file, `log: { level: error }\n${yaml}\n`);
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

async function versionOf(file: string): Promise<string> {
  const { stdout, stderr } = await runCommand(file, ['--version'], { timeoutMs: 10_000, maxBytes: 10_000 });
  return /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown version';
}
