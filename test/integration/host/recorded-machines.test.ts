import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { plan } from '../../../exporters/host/arrival.ts';
import { parseCapture } from '../../../exporters/host/capture.ts';
import { loadHostCollectors } from '../../../exporters/host/exporter.ts';
import { createLocalTransport } from '../../../exporters/host/transports/local.ts';
import { renderScrape } from '../../../lib/exposition.ts';
import { createLogger } from '../../../lib/log.ts';
import { CollectorCache, runCollectors } from '../../../lib/run-collectors.ts';
import { familyOf, parseExposition } from '../../support/exposition-text.ts';
import { notice } from '../../support/notice.ts';

/** /proc and /sys of real machines of 2005 to 2020, kept outside the repository: licences differ. */
const CORPUS = resolve('../shared/fixtures/proc-sys');
const machines = existsSync(CORPUS) ? readdirSync(CORPUS) : [];
if (machines.length === 0) notice('recorded machines', 'the corpus is not beside the repository');

const collectors = await loadHostCollectors();
const catalog = loadCatalog();

/** Captures a recorded root and runs every collector of the fast tier over it. */
async function scrape(root: string) {
  const transport = createLocalTransport({ now: Date.now, root });
  const signal = AbortSignal.timeout(10_000);
  const { text } = await transport.run({ tiers: ['fast'], budgetMs: 9000, signal });
  const capture = parseCapture(text);
  const arrival = {
    capture,
    bytes: text.length,
    at: Date.now(),
    durationMs: 1,
    clock: undefined,
    live: true,
  };
  const { jobs } = plan(
    collectors.filter(({ tier }) => tier === 'fast'),
    arrival,
    catalog,
  );
  const cache = new CollectorCache();
  const log = createLogger({ name: 'test', level: 'silent' });
  const samples = await runCollectors(jobs, [], { budgetMs: 5000, signal, now: Date.now, cache, log });
  return { capture, ...parseExposition(renderScrape(samples, 'text')) };
}

describe.each(machines)('recorded %s', (machine) => {
  const root = join(CORPUS, machine);

  it('is captured completely and understood by every collector', async () => {
    const { capture, series } = await scrape(root);

    expect(capture.complete).toBe(true);
    const failed = [...series].filter(
      ([key, value]) => /^pgfleet_collector_success\{/.test(key) && value !== 1,
    );
    expect(failed).toEqual([]);
    expect([...series.values()].filter((value) => Number.isNaN(value))).toEqual([]);
    expect(series.get('pgfleet_host_up')).toBe(1);
  });

  it('gives no series where the recording has no file', async () => {
    const { series } = await scrape(root);
    const has = (family: string) => [...series.keys()].some((key) => familyOf(key) === family);

    expect(has('node_memory_MemTotal_bytes')).toBe(existsSync(join(root, 'proc/meminfo')));
    expect(has('node_cpu_seconds_total')).toBe(existsSync(join(root, 'proc/stat')));
    expect(has('node_disk_io_now')).toBe(existsSync(join(root, 'proc/diskstats')));
    expect(has('node_network_receive_bytes_total')).toBe(existsSync(join(root, 'proc/net/dev')));
    expect(has('node_load1')).toBe(existsSync(join(root, 'proc/loadavg')));
  });

  it('estimates MemAvailable exactly where the kernel does not give it', async () => {
    const file = join(root, 'proc/meminfo');
    if (!existsSync(file)) return;
    const given = /^MemAvailable:/m.test(readFileSync(file, 'utf8'));
    const { series } = await scrape(root);

    expect(series.get('pgfleet_host_memavailable_synthesised')).toBe(given ? 0 : 1);
    expect(series.get('node_memory_MemAvailable_bytes')).toBeGreaterThan(0);
    expect(series.get('node_memory_MemAvailable_bytes')).toBeLessThanOrEqual(
      series.get('node_memory_MemTotal_bytes') ?? 0,
    );
  });
});

const golden = join(CORPUS, 'node_exporter-fixtures/e2e-output.txt');

/** Families of node_exporter's own golden file that we give, and where we differ on purpose. */
const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/^node_network_receive_nohandler_total/, 'only netlink tells it'],
  [/^node_network_.*device="(?:dmz|int)"/, 'left out by a flag when the golden was made'],
  [/^node_network_speed_bytes\{device="bond0"/, 'unknown speed'],
  [/^node_memory_MemAvailable_bytes/, 'estimated by us, absent there'],
  [/^node_network_(?:receive|transmit)_.*device="lo"/, 'the golden has it from the machine it was made on'],
  [/^node_network_.*device="eth0"/, 'its folder was left out of the recording'],
];
const SUBJECTS =
  /^node_(?:boot_time|context_switches|cpu_guest|cpu_seconds|cpu_vulnerabilities|disk_(?!info|ata|device_mapper|filesystem)|edac_(?!channel)|filefd|forks|intr_|load|memory_(?!numa)|network_|os_|procs_|time_clocksource|vmstat_)/;

describe.skipIf(!existsSync(golden))("node_exporter's recorded machine", () => {
  it('gives the values node_exporter gives, and no others', async () => {
    const theirs = parseExposition(readFileSync(golden, 'utf8'));
    const { series } = await scrape(join(CORPUS, 'node_exporter-fixtures'));
    const relevant = (key: string) => SUBJECTS.test(key) && !DIFFERENT.some(([pattern]) => pattern.test(key));
    // It multiplies with 0.001 where we divide by 1000: the last digits differ.
    const sorted = (entries: Iterable<[string, number]>) =>
      [...entries]
        .flatMap(([key, value]) => (relevant(key) ? [`${key} ${value.toPrecision(14)}`] : []))
        .sort();

    const expected = sorted(theirs.series);
    const found = sorted(series);

    expect(expected.length).toBeGreaterThan(300);
    expect(found).toEqual(expected);
  });
});
