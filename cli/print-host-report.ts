import { loadCatalog } from '../catalog/catalog.ts';
import { reportHost } from '../exporters/host/report-host.ts';
import { closest } from '../lib/closest.ts';
import { PgfleetError } from '../lib/errors.ts';
import { catalogOverlays } from './catalog-folders.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';
import { hostReportText } from './host-report-text.ts';

interface ReportRequest {
  readonly name: string;
  readonly config: string;
}

/** Prints what one host tells; ends unwell when a finding is critical. Throws for a host that cannot be read. */
export async function printHostReport({ name, config: file }: ReportRequest): Promise<number> {
  const config = await loadConfig({ file, env: process.env });
  const entry = config.hosts.find((host) => host.name === name);
  if (entry === undefined) {
    const names = config.hosts.map((host) => host.name);
    const suggestion = closest(name, names);
    const hint =
      suggestion === undefined ? `known: ${names.join(', ') || 'none'}` : `did you mean "${suggestion}"?`;
    throw new PgfleetError('not_found', `no host is named "${name}"; ${hint}`);
  }
  const report = await reportHost(entry, config, { catalog: loadCatalog(catalogOverlays(config)) });
  process.stdout.write(hostReportText(report));
  return report.findings.some(({ severity }) => severity === 'critical') ? EXIT.unwell : EXIT.ok;
}
