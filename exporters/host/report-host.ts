import { type Catalog, loadCatalog } from '../../catalog/catalog.ts';
import { capture, inputOf } from './arrival.ts';
import { clusterOfBackups } from './backup-cluster.ts';
import type { HostConnection, HostExporterConfig } from './config.ts';
import { createTransport, loadHostCollectors } from './exporter.ts';
import { TIERS } from './host-collector.ts';
import { type HostReport, hostReport } from './report.ts';
import type { Declared } from './report-identity.ts';

/** All tiers at once, the slow ones included. */
const REPORT_MS = 180_000;

/** Captures a host once, over a connection of its own. Throws HostError when nothing usable came. */
export async function reportHost(
  entry: HostConnection & Declared,
  config: HostExporterConfig,
  { catalog = loadCatalog() }: { readonly catalog?: Catalog } = {},
): Promise<HostReport> {
  const { name } = entry;
  const transport = createTransport(entry, config, { now: Date.now });
  try {
    const signal = new AbortController().signal;
    const source = { name, transport, now: Date.now };
    const arrival = await capture(source, { tiers: TIERS, budgetMs: REPORT_MS, signal });
    return hostReport({
      name,
      input: inputOf(arrival, catalog, clusterOfBackups(entry, config.servers)),
      sections: [...arrival.capture.sections.values()],
      collectors: await loadHostCollectors(),
      declared: entry,
      user: entry.ssh?.user ?? config.ssh?.user,
    });
  } finally {
    await transport.close();
  }
}
