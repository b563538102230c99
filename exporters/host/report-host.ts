import { type Catalog, loadCatalog } from '../../catalog/catalog.ts';
import type { Logger } from '../../lib/log.ts';
import type { Labels, Sample } from '../../lib/metric.ts';
import { CollectorCache, runCollectors } from '../../lib/run-collectors.ts';
import { capture, plan } from './arrival.ts';
import type { Section } from './capture.ts';
import { sudoersLines } from './check-host.ts';
import type { HostConnection, HostExporterConfig } from './config.ts';
import { createTransport, loadHostCollectors } from './exporter.ts';
import { TIERS } from './host-collector.ts';

/** All tiers at once, the slow ones included. */
const REPORT_MS = 180_000;

/** Captures a host once, with all tiers, and renders what is known of it as one page for a terminal. */
export async function reportHost(
  entry: HostConnection,
  config: HostExporterConfig,
  { log, catalog = loadCatalog() }: { log: Logger; catalog?: Catalog },
): Promise<string> {
  const transport = createTransport(entry, config, { now: Date.now });
  const signal = new AbortController().signal;
  try {
    const source = { name: entry.name, transport, now: Date.now };
    const arrival = await capture(source, { tiers: TIERS, budgetMs: REPORT_MS, signal });
    const { jobs } = plan(await loadHostCollectors(), arrival, catalog);
    const options = { budgetMs: REPORT_MS, signal, now: Date.now, cache: new CollectorCache(), log };
    const samples = await runCollectors(jobs, [], options);
    const sections = [...arrival.capture.sections.values()];
    const user = entry.ssh?.user ?? config.ssh?.user;
    return renderReport({ name: entry.name, samples, sections, sudoers: sudoersLines(user, sections) });
  } finally {
    await transport.close();
  }
}

export interface ReportInput {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly sections: readonly Section[];
  readonly sudoers: readonly string[];
}

/** The page: identity, age, findings with their evidence, what could not be read and how to allow it. */
export function renderReport({ name, samples, sections, sudoers }: ReportInput): string {
  const facts = new Facts(samples);
  const found = FINDINGS.flatMap((finding) => finding(facts));
  const unread = sections
    .filter(({ status }) => !READ.has(status))
    .map(({ name: section, status }) => `${section}: ${status}`);
  return [
    name,
    '',
    ...block('Identity', identity(facts)),
    ...block('Age', age(facts)),
    ...block('Findings', found.length === 0 ? ['none in what could be read'] : found),
    ...block('Not read', unread.length === 0 ? ['everything that is there was read'] : unread),
    ...(sudoers.length === 0 ? [] : block('To allow it, in /etc/sudoers.d/pgfleet on the host', sudoers)),
  ].join('\n');
}

const READ = new Set(['ok', 'empty', 'absent', 'missing']);

function block(title: string, lines: readonly string[]): string[] {
  return [title, ...lines.map((line) => `  ${line}`), ''];
}

/** Samples by family, with the questions a page asks of them. */
class Facts {
  readonly #byFamily = new Map<string, Sample[]>();

  constructor(samples: readonly Sample[]) {
    for (const sample of samples) {
      if (typeof sample.value !== 'number') continue;
      const known = this.#byFamily.get(sample.family.name) ?? [];
      this.#byFamily.set(sample.family.name, [...known, sample]);
    }
  }

  all(family: string): readonly { readonly labels: Labels; readonly value: number }[] {
    return (this.#byFamily.get(family) ?? []).map(({ labels, value }) => ({ labels, value: Number(value) }));
  }

  /** Labels of the first series that is not 0. */
  labels(family: string): Readonly<Record<string, string>> | undefined {
    return this.all(family).find(({ value }) => value !== 0)?.labels;
  }

  value(family: string, label?: string, wanted?: string): number | undefined {
    return this.all(family).find(({ labels }) => label === undefined || of(labels, label) === wanted)?.value;
  }
}

/** Labels of a family are only known where it is declared; here they are asked for by name. */
function of(labels: Readonly<Record<string, string>>, label: string): string {
  return labels[label] ?? '';
}

function identity(facts: Facts): string[] {
  const hardware = facts.labels('pgfleet_host_hardware_info');
  const cpu = facts.labels('pgfleet_host_cpu_info');
  const os = facts.labels('node_os_info');
  const uname = facts.labels('node_uname_info');
  const virtual = facts.labels('pgfleet_host_virtual_info');
  const memory = facts.value('node_memory_MemTotal_bytes');
  const [sockets, cores] = ['socket', 'core'].map((kind) => facts.value('pgfleet_host_cpus', 'kind', kind));
  const counts = sockets === undefined || cores === undefined ? '' : `${sockets} x, ${cores} cores, `;
  return [
    line(
      'Machine',
      hardware && `${of(hardware, 'vendor')} ${of(hardware, 'product')} ${of(hardware, 'generation')}`,
    ),
    line('Virtual', virtual && of(virtual, 'kind')),
    line(
      'Processor',
      cpu && `${counts}${of(cpu, 'model')} (${of(cpu, 'microarchitecture') || 'unknown generation'})`,
    ),
    line('Memory', memory === undefined ? undefined : `${(memory / 1024 ** 3).toFixed(1)} GiB`),
    line('System', os && of(os, 'pretty_name')),
    line('Kernel', uname && `${of(uname, 'release')} ${of(uname, 'machine')}`),
  ];
}

function line(title: string, text: string | undefined): string {
  return `${title.padEnd(10)} ${text?.trim() || 'unknown'}`;
}

function age(facts: Facts): string[] {
  const words: Readonly<Record<string, string>> = { not_before: 'not before', not_after: 'not after' };
  const bounds = facts.all('pgfleet_host_built_timestamp_seconds').map(({ labels, value }) => {
    const day = new Date(value * 1000).toISOString().slice(0, 10);
    return `built ${words[of(labels, 'bound')] ?? ''} ${day} (${of(labels, 'evidence').replaceAll('_', ' ')})`;
  });
  return bounds.length === 0 ? ['unknown'] : bounds;
}

type Finding = (facts: Facts) => string[];

/** Series that are 1 when something is wrong, in words. */
const when =
  (family: string, wrong: (labels: Readonly<Record<string, string>>) => string | undefined): Finding =>
  (facts) =>
    facts.all(family).flatMap(({ labels, value }) => (value === 0 ? [] : (wrong(labels) ?? [])));

const HEALTHY_VOLUME = new Set(['ok', 'unknown']);
/** A chance within a year from which a disk is named; new disks have about 0.02. */
const NOTABLE_FAILURE = 0.1;

const FINDINGS: readonly Finding[] = [
  when('pgfleet_host_os_support_state', (labels) =>
    of(labels, 'state') === 'ended' ? 'the operating system is not supported any more' : undefined,
  ),
  when('node_cpu_vulnerabilities_info', (labels) =>
    of(labels, 'state') === 'vulnerable'
      ? `the processor is vulnerable to ${of(labels, 'codename')}`
      : undefined,
  ),
  (facts) =>
    facts.value('pgfleet_host_cpu_vulnerabilities_reported') === 0
      ? ['the kernel is older than the fixes for vulnerabilities of processors']
      : [],
  when('pgfleet_raid_volume_state', (labels) =>
    HEALTHY_VOLUME.has(of(labels, 'state'))
      ? undefined
      : `volume ${of(labels, 'volume')} of controller ${of(labels, 'controller')} is ${of(labels, 'state')}`,
  ),
  when('pgfleet_raid_drive_predictive_failure', (labels) => `drive ${of(labels, 'drive')} expects to fail`),
  when(
    'pgfleet_raid_volume_write_cache_lost',
    (labels) => `volume ${of(labels, 'volume')} has lost its write cache`,
  ),
  when(
    'pgfleet_raid_battery_replacement_required',
    (labels) => `the battery of controller ${of(labels, 'controller')} wants to be replaced`,
  ),
  when(
    'pgfleet_disk_failure_sign',
    (labels) =>
      `disk ${of(labels, 'device')} shows a sign of failing: ${of(labels, 'sign').replaceAll('_', ' ')}`,
  ),
  (facts) =>
    facts.all('pgfleet_disk_annual_failure_probability').flatMap(({ labels, value }) => {
      const why = `${of(labels, 'attribute')} ${of(labels, 'bucket')}`.trim();
      const percent = Math.round(value * 100);
      return value < NOTABLE_FAILURE
        ? []
        : [`disk ${of(labels, 'device')} fails within a year with ${percent} % (${why})`];
    }),
  when(
    'node_edac_uncorrectable_errors_total',
    (labels) => `memory controller ${of(labels, 'controller')} saw errors it could not correct`,
  ),
  when(
    'node_edac_correctable_errors_total',
    (labels) => `memory controller ${of(labels, 'controller')} corrected errors`,
  ),
  when('pgfleet_psu_state', (labels) =>
    ['critical', 'non-critical'].includes(of(labels, 'state'))
      ? `power supply ${of(labels, 'psu')} is ${of(labels, 'state')}`
      : undefined,
  ),
  (facts) =>
    (facts.value('pgfleet_host_microcode_revisions') ?? 1) > 1 ? ['the CPUs run different microcode'] : [],
  when('node_filesystem_readonly', (labels) =>
    /^(?:ext[234]|xfs|btrfs)$/.test(of(labels, 'fstype'))
      ? `${of(labels, 'mountpoint')} is mounted read-only`
      : undefined,
  ),
];
