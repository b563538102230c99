import { type Catalog, loadCatalog } from '../../catalog/catalog.ts';
import { closest } from '../../lib/closest.ts';
import { PgfleetError } from '../../lib/errors.ts';
import type { Explanation, Exporter, ProbeOptions, ProbeRecord } from '../../lib/exporter.ts';
import type { Logger } from '../../lib/log.ts';
import type { Sample } from '../../lib/metric.ts';
import { loadUnits } from '../../lib/units.ts';
import { type PostgresConfig, type PostgresTarget, postgresTarget } from './config.ts';
import type { HealthReport } from './health-check.ts';
import { CONSOLE_COLLECTORS } from './pgbouncer/collectors.ts';
import { PgbouncerProbe } from './pgbouncer/pgbouncer-probe.ts';
import type { PostgresCollector } from './postgres-collector.ts';
import type { Row } from './rows.ts';
import { ServerProbe } from './server-probe.ts';
import type { TargetProbe } from './target-probe.ts';
import { loadUserCollectors } from './user-collectors/load.ts';

export interface ExporterContext {
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default: the one pgfleet ships. */
  readonly catalog?: Catalog | undefined;
}

/** Every collector of this folder, by name. */
export async function loadPostgresCollectors(): Promise<readonly PostgresCollector[]> {
  const units = await loadUnits<PostgresCollector>(new URL('./collectors/', import.meta.url), 'collector');
  return units.map(({ value }) => value);
}

/**
 * The exporter for all declared servers; nobody is contacted before the first probe.
 * Throws PgfleetError `config` when the configuration names a collector that does not exist, or a file of user
 * collectors that is not right.
 */
export async function createPostgresExporter(
  config: PostgresConfig,
  context: ExporterContext,
): Promise<PostgresExporter> {
  const targets = config.servers.map((server) => postgresTarget(server, config.postgres));
  const collectorsOf = collectorsByTarget(await loadPostgresCollectors());
  const known = { ...context, catalog: context.catalog ?? loadCatalog() };
  const probes = targets.map((target) => {
    const collectors = collectorsOf(target);
    const names = [...collectors, ...CONSOLE_COLLECTORS].map(({ name }) => name);
    checkNames(target.name, [...target.collectors.enable, ...target.collectors.disable], names);
    if (target.kind === 'pgbouncer') return new PgbouncerProbe(target, known);
    return new ServerProbe(target, { ...known, collectors });
  });
  return new PostgresExporter(probes);
}

/**
 * The collectors of a target: ours and those of its files, which are read once however many targets share them.
 * Throws ConfigError for a file that is not right.
 */
export function collectorsByTarget(
  builtIn: readonly PostgresCollector[],
): (target: Pick<PostgresTarget, 'userCollectors'>) => readonly PostgresCollector[] {
  const loaded = new Map<string, readonly PostgresCollector[]>();
  return ({ userCollectors }) => {
    const key = userCollectors.join('\0');
    const collectors = loaded.get(key) ?? [...builtIn, ...loadUserCollectors(userCollectors, builtIn)];
    loaded.set(key, collectors);
    return collectors;
  };
}

export class PostgresExporter implements Exporter {
  readonly kind = 'postgres';
  readonly #probes: ReadonlyMap<string, TargetProbe>;

  constructor(probes: readonly TargetProbe[]) {
    this.#probes = new Map(probes.map((probe) => [probe.target.name, probe]));
  }

  targets(): readonly string[] {
    return [...this.#probes.keys()];
  }

  async probe(target: string, options: ProbeOptions): Promise<readonly Sample[]> {
    return this.#probeOf(target).probe(options);
  }

  async explain(target: string): Promise<Explanation> {
    return this.#probeOf(target).explain();
  }

  lastProbe(target: string): ProbeRecord | undefined {
    return this.#probeOf(target).record;
  }

  /** Whether a server is well, for load balancers. Throws PgfleetError `not_found` for an unknown name. */
  async health(target: string): Promise<HealthReport> {
    return this.#probeOf(target).health();
  }

  /**
   * The texts of statements, as the scrapes of the last ten minutes read them. Throws PgfleetError `not_found` for an
   * unknown name and where they are not enabled.
   */
  async statements(target: string): Promise<readonly Sample[]> {
    return this.#probeOf(target).aside();
  }

  /**
   * Rows of one read-only statement to a server, asked between its scrapes and over their connection. Throws
   * PgfleetError: `not_found` for an unknown name, PostgresFailure for what came of it.
   */
  async ask(target: string, sql: string): Promise<readonly Row[]> {
    return this.#probeOf(target).ask(sql);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#probes.values()].map((probe) => probe.close()));
  }

  #probeOf(target: string): TargetProbe {
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
