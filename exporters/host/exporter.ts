import { type Catalog, loadCatalog } from '../../catalog/catalog.ts';
import { PgfleetError } from '../../lib/errors.ts';
import type { ExplainedCollector, Explanation, Exporter, ProbeRecord } from '../../lib/exporter.ts';
import type { Logger } from '../../lib/log.ts';
import { loadUnits } from '../../lib/units.ts';
import type { Arrival } from './arrival.ts';
import { clusterOfBackups } from './backup-cluster.ts';
import { capturePlace, type HostConnection, type HostExporterConfig, resolveSsh } from './config.ts';
import { Host } from './host.ts';
import { type HostCollector, isScraped, SLOW_TIERS } from './host-collector.ts';
import { SlowTier } from './slow-tier.ts';
import { createCaptureFileTransport } from './transports/capture-file.ts';
import { createLocalTransport } from './transports/local.ts';
import { createSshTransport } from './transports/ssh.ts';
import type { Transport } from './transports/transport.ts';

export interface HostExporterOptions {
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default: the one pgfleet ships. */
  readonly catalog?: Catalog | undefined;
}

/** Every collector of the folder; a new file there is all it takes to add one. */
export async function loadHostCollectors(): Promise<HostCollector[]> {
  const units = await loadUnits<HostCollector>(new URL('./collectors/', import.meta.url), 'collector');
  return units.map((unit) => unit.value);
}

/** The exporter of all declared hosts. Nothing is contacted before the first probe. */
export async function createHostExporter(
  config: HostExporterConfig,
  options: HostExporterOptions,
): Promise<HostExporter> {
  const collectors = await loadHostCollectors();
  const known = { ...options, catalog: options.catalog ?? loadCatalog() };
  return new HostExporter(config.hosts.map((entry) => createHost(entry, config, collectors, known)));
}

/** The way to a host as its entry declares it. */
export function createTransport(
  entry: HostConnection,
  config: HostExporterConfig,
  { now }: Pick<HostExporterOptions, 'now'>,
): Transport {
  const { name, transport, ssh } = entry;
  const place = capturePlace(entry);
  switch (transport) {
    case 'local':
      return createLocalTransport({ now });
    case 'ssh':
      if (ssh === undefined) break;
      return createSshTransport(resolveSsh(name, ssh, config.ssh), { now });
    case 'capture':
      if (place === undefined) break;
      return createCaptureFileTransport(place);
    default:
      return transport satisfies never;
  }
  throw new PgfleetError('config', `host ${name}: expected settings for transport ${transport}, found none`);
}

function createHost(
  entry: HostConnection,
  config: HostExporterConfig,
  all: readonly HostCollector[],
  { log, now, catalog }: HostExporterOptions & { readonly catalog: Catalog },
): Host {
  const { name, collectors: choice, tiers } = entry;
  const transport = createTransport(entry, config, { now });
  const isEnabled = (collector: HostCollector) =>
    !choice?.disable.includes(collector.name) &&
    (collector.enabledByDefault !== false || choice?.enable.includes(collector.name) === true);
  const collectors = all.filter(isEnabled);
  const clusterOf = clusterOfBackups(entry, config.servers);
  const hostLog = log.child({ host: name });
  // A recorded capture holds all its tiers at once, and reading it again gives the same.
  const slow = transport.kind === 'capture' ? [] : SLOW_TIERS;
  const slowTiers = slow.flatMap(({ tier, ttlSeconds, budgetMs }) => {
    const settings = tiers?.[tier];
    const own = collectors.filter((collector) => collector.tier === tier);
    if (settings?.enabled === false || own.length === 0) return [];
    const ttl = settings?.ttl ?? ttlSeconds;
    return [
      new SlowTier({
        tier,
        ttlSeconds: ttl,
        budgetMs,
        collectors: own,
        catalog,
        clusterOf,
        log: hostLog,
        name,
        now,
        transport,
      }),
    ];
  });
  const disabled = all.filter((collector) => !isEnabled(collector));
  return new Host({
    name,
    transport,
    collectors,
    disabled,
    slowTiers,
    catalog,
    clusterOf,
    log: hostLog,
    now,
  });
}

/** Scrapes hosts without an agent on them. */
export class HostExporter implements Exporter {
  readonly kind = 'host';
  readonly #hosts: ReadonlyMap<string, Host>;

  constructor(hosts: readonly Host[]) {
    this.#hosts = new Map(hosts.map((host) => [host.settings.name, host]));
  }

  targets(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  async probe(target: string, options: Parameters<Exporter['probe']>[1]) {
    return this.#host(target).probe(options);
  }

  lastProbe(target: string): ProbeRecord | undefined {
    return this.#hosts.get(target)?.lastProbe;
  }

  async explain(target: string): Promise<Explanation> {
    const host = this.#host(target);
    const { transport, collectors, disabled } = host.settings;
    const arrival = host.lastArrival;
    return {
      target,
      kind: 'host',
      facts: { transport: transport.description, ...factsOf(arrival) },
      error: host.lastProbe?.error,
      collectors: [
        ...collectors.map((collector) => explainCollector(collector, host)),
        ...disabled.map((collector) => ({
          ...explainCollector(collector, host),
          chosen: false,
          reason: 'disabled' as const,
          detail: 'disabled in the configuration or by default',
        })),
      ],
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.close()));
  }

  #host(target: string): Host {
    const host = this.#hosts.get(target);
    if (host === undefined)
      throw new PgfleetError('not_found', `host ${JSON.stringify(target)} is not declared`);
    return host;
  }
}

function explainCollector(collector: HostCollector, host: Host): ExplainedCollector {
  const { name, help, sections, tier, ttlSeconds, timeoutSeconds } = collector;
  const slow = host.settings.slowTiers.find(({ settings }) => settings.tier === tier);
  const last = (slow?.cache ?? host.cache).get(name);
  const found = host.lastArrival?.capture.sections;
  const read = sections.map((section) => {
    const status = isScraped(tier) ? found?.get(section)?.status : undefined;
    return status === undefined ? section : `${section} (${status})`;
  });
  const missing = isScraped(tier) && found !== undefined && !sections.some((section) => found.has(section));
  const off = !isScraped(tier) && slow === undefined && host.settings.transport.kind !== 'capture';
  return {
    name,
    help,
    chosen: !missing && !off,
    reason: missing ? 'section' : off ? 'disabled' : undefined,
    detail: missing
      ? 'the last capture has none of its sections'
      : off
        ? `tier ${tier} is disabled`
        : undefined,
    reads: `${tier}: ${read.join(', ')}`,
    ttlSeconds: slow?.settings.ttlSeconds ?? ttlSeconds ?? 0,
    timeoutSeconds,
    lastDurationSeconds: last?.durationSeconds,
    lastSamples: last?.samples.length,
    lastError: last?.error ?? slow?.state().error,
  };
}

function factsOf(arrival: Arrival | undefined): Record<string, string> {
  const header = arrival?.capture.header;
  if (arrival === undefined || header === undefined) return {};
  const facts: Record<string, string | undefined> = {
    machine: header.machine,
    capture: `format ${header.version}, ${arrival.bytes} bytes in ${arrival.durationMs} ms`,
    complete: arrival.capture.complete ? 'yes' : 'no',
    clock_offset_seconds: arrival.clock?.seconds.toFixed(3),
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
