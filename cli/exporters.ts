import type { Catalog } from '../catalog/catalog.ts';
import { createHostExporter } from '../exporters/host/exporter.ts';
import { createPostgresExporter, type PostgresExporter } from '../exporters/postgres/exporter.ts';
import type { Exporter } from '../lib/exporter.ts';
import type { Logger } from '../lib/log.ts';
import type { FleetConfig } from './config.ts';

/** The exporters of all scraped targets of a configuration. */
export interface Exporters {
  readonly postgres: PostgresExporter;
  readonly host: Exporter;
  close(): Promise<void>;
}

/** Makes both exporters; nothing is contacted before the first probe. */
export async function createExporters(
  config: FleetConfig,
  catalog: Catalog,
  log: Logger,
): Promise<Exporters> {
  const options = (exporter: string) => ({ log: log.child({ exporter }), now: Date.now, catalog });
  const postgres = await createPostgresExporter(config, options('postgres'));
  const host = await createHostExporter(config, options('host'));
  return {
    postgres,
    host,
    close: async () => {
      await Promise.all([postgres.close(), host.close()]);
    },
  };
}
