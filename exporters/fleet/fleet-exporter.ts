import type { CollectorDeclaration } from '../../lib/collector.ts';
import type { ProbeRecord } from '../../lib/exporter.ts';
import type { Logger } from '../../lib/log.ts';
import type { Sample } from '../../lib/metric.ts';
import { CollectorCache, type Job, runCollectors } from '../../lib/run-collectors.ts';
import { loadUnits } from '../../lib/units.ts';
import type { Discovery } from './discoverer.ts';
import type { Registry } from './registry.ts';
import { hostTargets, postgresTargets, type TargetGroup } from './service-discovery.ts';

/** Everything the fleet collectors read: plain values, gathered at the start of a scrape. */
export interface FleetInput {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: string;
  readonly registry: Registry;
  readonly config: ConfigState;
  readonly catalogs: readonly CatalogAge[];
  readonly probes: readonly TargetProbe[];
  /** The last finished look around; undefined before the first. */
  readonly discovery?: Discovery | undefined;
}

/** Outcome of loading pgfleet.yml. */
export interface ConfigState {
  /** Whether the last attempt was taken; a refused one leaves the configuration before it in force. */
  readonly successful: boolean;
  /** When the configuration in force was loaded, in milliseconds since the epoch. */
  readonly loadedAt: number;
  /** Why the last attempt was refused. */
  readonly error?: string | undefined;
}

/** How long ago the facts of a catalog file were checked. */
export interface CatalogAge {
  readonly catalog: string;
  readonly ageSeconds: number;
}

/** A declared target and the outcome of its last probe; undefined before the first. */
export interface TargetProbe {
  readonly kind: 'postgres' | 'host';
  readonly target: string;
  readonly record: ProbeRecord | undefined;
}

/** The last probe of every target that service discovery announces. */
export function targetProbes(
  registry: Registry,
  lastProbe: (kind: TargetProbe['kind'], target: string) => ProbeRecord | undefined,
): TargetProbe[] {
  const probesOf = (kind: TargetProbe['kind'], groups: readonly TargetGroup[]) =>
    groups.map(({ targets: [target] }) => ({ kind, target, record: lastProbe(kind, target) }));
  return [...probesOf('postgres', postgresTargets(registry)), ...probesOf('host', hostTargets(registry))];
}

/** A collector of `/metrics`: pure, from what is known to samples. */
export interface FleetCollector extends CollectorDeclaration {
  samples(input: FleetInput): Iterable<Sample>;
}

export interface FleetExporter {
  readonly collectors: readonly FleetCollector[];
  /** Samples of all collectors; one that fails has success 0 and costs only itself. */
  samples(input: FleetInput, options: { budgetMs: number; signal: AbortSignal }): Promise<readonly Sample[]>;
}

/** Every collector of the folder; a new file there is all it takes to add one. */
export async function loadFleetCollectors(): Promise<FleetCollector[]> {
  const units = await loadUnits<FleetCollector>(new URL('./collectors/', import.meta.url), 'collector');
  return units.map((unit) => unit.value);
}

/** The exporter of what pgfleet knows by itself: registry, catalogs, its own state. */
export function createFleetExporter(collectors: readonly FleetCollector[], log: Logger): FleetExporter {
  const cache = new CollectorCache();
  return {
    collectors,
    samples: (input, { budgetMs, signal }) => {
      const jobs = collectors.map(
        (collector): Job => ({
          collector,
          collect: (run) => run.emit(collector.samples(input)),
        }),
      );
      return runCollectors(jobs, [], { budgetMs, signal, now: () => input.now, cache, log });
    },
  };
}
