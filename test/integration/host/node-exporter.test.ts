import { beforeAll, describe, expect, it } from 'vitest';
import { createHostExporter } from '../../../exporters/host/exporter.ts';
import { renderScrape } from '../../../lib/exposition.ts';
import { createLogger } from '../../../lib/log.ts';
import { familyOf, type ParsedExposition, parseExposition } from '../../support/exposition-text.ts';
import { findNodeExporter, startNodeExporter } from '../../support/node-exporter.ts';
import { notice } from '../../support/notice.ts';

const binary = findNodeExporter();
if (binary === undefined) notice('node_exporter comparison', 'no node_exporter on this machine');

/** What we export on purpose differently from node_exporter, and why. */
const DIFFERENT = new Map([
  ['node_network_speed_bytes', 'it exports -125000 for an unknown speed, we export nothing'],
  ['node_network_receive_nohandler_total', 'only netlink tells it'],
  ['node_network_receive_drop_total', '/proc/net/dev adds packets missed for want of buffers'],
  ['node_disk_info', 'needs the database of udev'],
  ['node_nvme_info', 'we leave the serial number out'],
  ['node_cpu_info', 'we read it with the inventory'],
  ['node_dmi_info', 'we read it with the inventory'],
  ['node_tcp_connection_states', 'it asks netlink, whose queues are those of the moment'],
]);
/** Series we have or lack on purpose, and why. */
const DIFFERENT_SERIES: readonly (readonly [RegExp, string])[] = [
  [/^node_disk_.*device="zram/, 'left out by default from node_exporter 1.6 on, and by us'],
  [
    /^node_network_(?:receive|transmit)_.*device="lo"/,
    'old netlink libraries lose the loopback on new kernels',
  ],
  [/^node_processes_state/, 'which states processes are in changes by the moment'],
  [/^node_filesystem_/, 'it reads the mounts of process 1, which may see others than we'],
];
const differs = (key: string) =>
  DIFFERENT.has(familyOf(key)) || DIFFERENT_SERIES.some(([pattern]) => pattern.test(key));
/** What node_exporter says of itself, and collectors of it that we do not have; the list may only shrink. */
const NOT_OURS =
  /^node_(?:exporter_build|scrape_collector|textfile|systemd|timex|ipvs|zfs|btrfs|bcache|infiniband|fibrechannel|processes_threads_state|nvme_namespace)/;
/** Gauges and counters of a living machine: equal within this share, or this much. */
const TOLERANCE = 0.2;
const SLACK: readonly (readonly [RegExp, number])[] = [
  [/^node_(?:time|boot_time)_seconds/, 5],
  [/^node_load/, 3],
  [/^node_procs_/, 50],
  [/^node_filefd_allocated/, 2000],
  [/^node_memory_/, 512 * 1024 * 1024],
  [/^node_filesystem_/, 1024 * 1024 * 1024],
  [/^node_(?:disk|network)_.*(?:bytes|sectors)/, 256 * 1024 * 1024],
  [/^node_cpu_.*seconds/, 30],
  [/./, 50_000],
];

/** Off by default there and here. */
const OFF_BY_DEFAULT = 'interrupts buddyinfo zoneinfo meminfo_numa ksmd tcpstat processes'.split(' ');

describe.skipIf(binary === undefined)('beside node_exporter on this machine', () => {
  let theirs: ParsedExposition;
  let ours: ParsedExposition;
  beforeAll(async () => {
    const peer = await startNodeExporter(
      binary ?? '',
      OFF_BY_DEFAULT.map((name) => `--collector.${name}`),
    );
    const exporter = await createHostExporter(
      {
        hosts: [{ name: 'this', transport: 'local', collectors: { enable: OFF_BY_DEFAULT, disable: [] } }],
      },
      { log: createLogger({ name: 'test', level: 'silent' }), now: Date.now },
    );
    try {
      const [text, samples] = await Promise.all([
        peer.scrape(),
        exporter.probe('this', { budgetMs: 10_000, signal: new AbortController().signal }),
      ]);
      theirs = parseExposition(text);
      ours = parseExposition(renderScrape(samples, 'text'));
    } finally {
      peer.stop();
      await exporter.close();
    }
  });

  const compared = () =>
    [...theirs.types].filter(([name]) => name.startsWith('node_') && !NOT_OURS.test(name));

  it('has every family of the collectors we have, in the same type', () => {
    const missing = compared()
      .filter(([name, type]) => !DIFFERENT.has(name) && ours.types.get(name) !== type)
      .map(([name, type]) => `${name}: ${type}, ours ${ours.types.get(name) ?? 'missing'}`);

    expect(compared().length).toBeGreaterThan(100);
    expect(missing).toEqual([]);
  });

  it('has every series, labels included', () => {
    const names = new Set(compared().map(([name]) => name));
    const missing = [...theirs.series.keys()].filter(
      (key) => names.has(familyOf(key)) && !differs(key) && !ours.series.has(withoutNew(key, ours)),
    );

    expect(missing).toEqual([]);
  });

  it('has no series of these families that node_exporter does not have', () => {
    const names = new Set(compared().map(([name]) => name));
    const known = new Set([...theirs.series.keys()].map((key) => withoutNew(key, ours)));
    const extra = [...ours.series.keys()].filter(
      (key) => names.has(familyOf(key)) && !differs(key) && !known.has(key),
    );

    expect(extra).toEqual([]);
  });

  it('has the same values, as far as a living machine allows', () => {
    const names = new Set(compared().map(([name]) => name));
    const wrong = [...theirs.series].flatMap(([key, value]) => {
      const own = ours.series.get(withoutNew(key, ours));
      if (!names.has(familyOf(key)) || DIFFERENT.has(familyOf(key)) || own === undefined) return [];
      const slack = SLACK.find(([pattern]) => pattern.test(key))?.[1] ?? 0;
      const near = Math.abs(own - value) <= Math.max(slack, Math.abs(value) * TOLERANCE);
      return near ? [] : [`${key}: ${value}, ours ${own}`];
    });

    expect(wrong).toEqual([]);
  });
});

/** node_network_info has the label adminstate only from 1.6 on: series of older ones are ours without it. */
function withoutNew(key: string, ours: ParsedExposition): string {
  if (!key.startsWith('node_network_info') || ours.series.has(key)) return key;
  const [up, down] = ['up', 'down'].map((state) =>
    key.replace(/\{(address="[^"]*",)?/, `{$1adminstate="${state}",`),
  );
  return [up, down].find((candidate) => candidate !== undefined && ours.series.has(candidate)) ?? key;
}
