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
export async function createExporters(config: FleetConfig, log: Logger): Promise<Exporters> {
  const postgres = await createPostgresExporter(config, {
    log: log.child({ exporter: 'postgres' }),
    now: Date.now,
  });
  const host = await createHostExporter(config, { log: log.child({ exporter: 'host' }), now: Date.now });
  return {
    postgres,
    host,
    close: async () => {
      await Promise.all([postgres.close(), host.close()]);
    },
  };
}
