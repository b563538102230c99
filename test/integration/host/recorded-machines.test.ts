import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../catalog/catalog.ts';
import { plan } from '../../../exporters/host/arrival.ts';
import { parseCapture } from '../../../exporters/host/capture.ts';
import { loadHostCollectors } from '../../../exporters/host/exporter.ts';
import { isScraped, SCRAPED_TIERS } from '../../../exporters/host/host-collector.ts';
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

/** Captures a recorded root and runs every collector of a scrape over it, those off by default too. */
async function scrape(root: string) {
  const transport = createLocalTransport({ now: Date.now, root });
  const signal = AbortSignal.timeout(10_000);
  const { text } = await transport.run({ tiers: SCRAPED_TIERS, budgetMs: 9000, signal });
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
    collectors.filter(({ tier }) => isScraped(tier)),
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
  [/^node_hwmon_(?!.*chip="hwmon4")/, 'links to the folders of the chips were lost in the recording'],
  [/^node_(?:power_supply|tape|thermal|cooling)/, 'their folders were left out of the recording'],
  [/^node_nvme_namespace/, 'newer than what we read'],
  [/^node_arp_entries\{device="nope"/, 'left out by a flag when the golden was made'],
  [/^node_md_disks_required\{device="md(?:4|219)"/, 'it says 0 of an array that does not run'],
  [/^node_md_degraded\{device="md0"/, 'it says 0 of an array that cannot be degraded'],
  [/^node_selinux_enabled/, 'the golden was made without it'],
  [/^node_softnet_backlog_len/, 'it says 0 where the kernel does not tell'],
  [
    /^node_nfs_requests_total.*method="(?:\w*StateID|\w*Session|Get\w*List|Destroy\w*|SecinfoNoName|Seek|\w*Allocate|LayoutStats|Clone)"/,
    'it says 0 where the kernel does not count, and three lines were taken out',
  ],
];
const SUBJECTS =
  /^node_(?:arp|bonding|boot_time|buddyinfo|context_switches|cooling|cpu_(?!bug|flag|frequency_hertz|info|isolated|online)|disk_(?!info|ata|device_mapper|filesystem)|edac_(?!channel)|entropy|filefd|forks|hwmon|interrupts|intr_|kernel_hung|ksmd|load|md_|memory_|netstat|network_|nf_|nfs|nvme_info|os_|power_supply|pressure|processes|procs_|rapl|schedstat|selinux|sockstat|softirqs_functions|softnet|tape|tcp_|thermal|time_clocksource|udp_queues|vmstat_|xfs|zoneinfo)/;

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

    // We leave serial numbers out, and the golden has the path it was made at.
    const here = [...theirs.series].map(
      ([key, value]) =>
        [key.replace(/,serial="[^"]*"/, '').replace('collector/fixtures/', '/'), value] as const,
    );
    const expected = sorted(here as [string, number][]);
    const found = sorted(series);

    expect(expected.length).toBeGreaterThan(1100);
    expect(found).toEqual(expected);
  });
});
