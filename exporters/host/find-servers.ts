import { capture } from './arrival.ts';
import type { HostConnection, HostExporterConfig } from './config.ts';
import { createTransport } from './exporter.ts';
import { type FoundServer, foundServers } from './formats/postgres-servers.ts';
import { contentOf, treeOf } from './host-collector.ts';
import { HostError } from './host-error.ts';

export interface FoundServers {
  /** When it was recorded, in milliseconds since the epoch; undefined when it is of now. */
  readonly recordedAt: number | undefined;
  readonly servers: readonly FoundServer[];
}

const BUDGET_MS = 20_000;

/** The PostgreSQL servers and data directories of a host, over a connection of its own. Throws HostError. */
export async function findServers(
  entry: HostConnection,
  config: HostExporterConfig,
  signal: AbortSignal,
): Promise<FoundServers> {
  const transport = createTransport(entry, config, { now: Date.now });
  try {
    const source = { name: entry.name, transport, now: Date.now };
    const { capture: captured, live } = await capture(source, {
      tiers: ['postgres'],
      budgetMs: BUDGET_MS,
      signal,
    });
    const { sections, header } = captured;
    const processes = sections.get('postgres-processes');
    // Recordings of before this tier existed, or of other tiers.
    if (processes === undefined)
      throw new HostError('format', `${entry.name}: the capture has no servers in it`);
    const directories = sections.get('postgres-directories');
    const recorded = header?.time === undefined ? undefined : header.time * 1000;
    return {
      recordedAt: live ? undefined : recorded,
      servers: foundServers(
        contentOf(processes) ?? '',
        treeOf((directories && contentOf(directories)) ?? ''),
      ),
    };
  } finally {
    await transport.close();
  }
}
