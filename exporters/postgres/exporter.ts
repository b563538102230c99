import { closest } from '../../lib/closest.ts';
import { PgfleetError } from '../../lib/errors.ts';
import type { Explanation, Exporter, ProbeOptions, ProbeRecord } from '../../lib/exporter.ts';
import type { Logger } from '../../lib/log.ts';
import type { Sample } from '../../lib/metric.ts';
import { loadUnits } from '../../lib/units.ts';
import { type PostgresConfig, postgresTarget } from './config.ts';
import { explainServer } from './explain.ts';
import type { HealthReport } from './health-check.ts';
import type { PostgresCollector } from './postgres-collector.ts';
import { ServerProbe } from './server-probe.ts';

export interface ExporterContext {
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Every collector of this folder, by name. */
export async function loadPostgresCollectors(): Promise<readonly PostgresCollector[]> {
  const units = await loadUnits<PostgresCollector>(new URL('./collectors/', import.meta.url), 'collector');
  return units.map(({ value }) => value);
}

/**
 * The exporter for all declared servers; nobody is contacted before the first probe.
 * Throws PgfleetError `config` when the configuration names a collector that does not exist.
 */
export async function createPostgresExporter(
  config: PostgresConfig,
  context: ExporterContext,
): Promise<PostgresExporter> {
  const collectors = await loadPostgresCollectors();
  const targets = config.servers.map((server) => postgresTarget(server, config.postgres));
  const names = collectors.map(({ name }) => name);
  for (const target of targets) {
    checkNames(target.name, [...target.collectors.enable, ...target.collectors.disable], names);
  }
  return new PostgresExporter(targets.map((target) => new ServerProbe(target, { ...context, collectors })));
}

export class PostgresExporter implements Exporter {
  readonly kind = 'postgres';
  readonly #probes: ReadonlyMap<string, ServerProbe>;

  constructor(probes: readonly ServerProbe[]) {
    this.#probes = new Map(probes.map((probe) => [probe.target.name, probe]));
  }

  targets(): readonly string[] {
    return [...this.#probes.keys()];
  }

  async probe(target: string, options: ProbeOptions): Promise<readonly Sample[]> {
    return this.#probeOf(target).probe(options);
  }

  async explain(target: string): Promise<Explanation> {
    return explainServer(this.#probeOf(target));
  }

  lastProbe(target: string): ProbeRecord | undefined {
    return this.#probeOf(target).record;
  }

  /** Whether a server is well, for load balancers. Throws PgfleetError `not_found` for an unknown name. */
  async health(target: string): Promise<HealthReport> {
    return this.#probeOf(target).health();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#probes.values()].map((probe) => probe.close()));
  }

  #probeOf(target: string): ServerProbe {
    const probe = this.#probes.get(target);
    if (probe === undefined) {
      const suggestion = closest(target, this.targets());
      const hint = suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`;
      throw new PgfleetError('not_found', `no server named ${JSON.stringify(target)} is declared${hint}`);
    }
    return probe;
  }
}

function checkNames(server: string, given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const suggestion = closest(name, known);
    const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
    throw new PgfleetError(
      'config',
      `servers: ${server}: postgres.collectors: no collector is named "${name}"${hint}`,
    );
  }
}
