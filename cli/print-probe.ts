import { loadCatalog } from '../catalog/catalog.ts';
import { renderScrape } from '../lib/exposition.ts';
import { catalogOverlays } from './catalog-folders.ts';
import { commandLog } from './command-log.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';
import { createExporters } from './exporters.ts';

interface ProbeRequest {
  readonly kind: 'postgres' | 'host';
  readonly target: string;
  readonly config: string;
  /** Seconds. */
  readonly timeout: number;
  readonly format: 'text' | 'openmetrics';
}

/** Scrapes one target and prints it; the exit code says whether it is up. Throws for an unknown name. */
export async function printProbe(request: ProbeRequest): Promise<number> {
  const config = await loadConfig({ file: request.config, env: process.env });
  const exporters = await createExporters(config, loadCatalog(catalogOverlays(config)), commandLog());
  const exporter = exporters[request.kind];
  try {
    const samples = await exporter.probe(request.target, {
      budgetMs: request.timeout * 1000,
      signal: new AbortController().signal,
    });
    process.stdout.write(renderScrape(samples, request.format));
    const record = exporter.lastProbe(request.target);
    if (record?.error !== undefined) process.stderr.write(`${request.target}: ${record.error}\n`);
    return record?.up === true ? EXIT.ok : EXIT.unwell;
  } finally {
    await exporters.close();
  }
}
