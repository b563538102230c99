import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeRules } from '../../alert-rules/compile.ts';
import { loadInhibitRules } from '../../alert-rules/inhibit.ts';
import { GENERATED_DASHBOARDS } from '../../dashboards/build.ts';
import type { Address } from '../../lib/config.ts';
import type { FleetConfig } from '../config.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { type Endpoint, endpointUrl } from './endpoint.ts';
import { type GrafanaInput, grafanaDashboards, grafanaDatasource, grafanaIni } from './grafana-config.ts';
import { prometheusConfig } from './prometheus-config.ts';
import type { UpSettings } from './settings.ts';

export interface GeneratedFiles {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly grafanaIni: string;
  readonly rules: string;
}

export interface GenerateInput {
  /** With the addresses of what is started filled in. */
  readonly config: FleetConfig;
  readonly settings: UpSettings;
  readonly pgfleet: Endpoint;
  /** Bearer token for Prometheus and Alertmanager; undefined when pgfleet asks for none. */
  readonly token: string | undefined;
  /** Addresses that Prometheus scrapes beside pgfleet, by job. */
  readonly companions: Readonly<Record<string, Address>>;
}

/** Writes everything that Prometheus, Alertmanager and Grafana read, below data_dir/generated. */
export async function writeGenerated(input: GenerateInput): Promise<GeneratedFiles> {
  const { config, settings, pgfleet, token } = input;
  const { generated } = settings.folders;
  const tokenFile = token === undefined ? undefined : join(generated, 'token');
  if (tokenFile !== undefined) await write(tokenFile, `${token}\n`);
  const rules = join(generated, 'rules');
  await rm(rules, { recursive: true, force: true });
  const ruleFiles = await writeRules(rules, {
    overrides: config.thresholds,
    dashboardBase: settings.grafana.url,
    // Served by pgfleet itself: runbooks must open when the way to the internet is what is down.
    runbookBase: `${(config.external_url ?? endpointUrl(pgfleet)).replace(/\/$/, '')}/docs/runbooks/${config.language}`,
  });
  const client = { endpoint: pgfleet, tokenFile };
  const files = {
    prometheus: join(generated, 'prometheus.yml'),
    alertmanager: join(generated, 'alertmanager.yml'),
    grafanaIni: join(generated, 'grafana', 'grafana.ini'),
    rules,
  };
  await write(
    files.prometheus,
    prometheusConfig({
      pgfleet: client,
      scrapeIntervalSeconds: config.prometheus.scrape_interval,
      ruleFiles,
      alertmanagerUrl: config.alertmanager.url,
      companions: input.companions,
    }),
  );
  const source = config.notify.sources[0] ?? 'main';
  await write(
    files.alertmanager,
    alertmanagerConfig({ pgfleet: client, source, inhibitRules: loadInhibitRules() }),
  );
  await writeGrafana(files.grafanaIni, config, settings);
  return files;
}

async function writeGrafana(iniFile: string, config: FleetConfig, settings: UpSettings): Promise<void> {
  const folder = dirname(iniFile);
  const dataDir = join(settings.folders.data, 'grafana');
  const dashboards = join(GENERATED_DASHBOARDS, config.language);
  const input: GrafanaInput = {
    listen: settings.grafana.listen,
    externalUrl: settings.grafana.url,
    prometheusUrl: settings.prometheus.url,
    scrapeIntervalSeconds: config.prometheus.scrape_interval,
    dashboards,
    homeDashboard: join(dashboards, 'fleet.json'),
    dataDir,
    provisioningDir: join(folder, 'provisioning'),
    adminPasswordFile: grafanaPasswordFile(settings),
    language: config.language,
  };
  await writeOnce(input.adminPasswordFile, `${randomBytes(12).toString('base64url')}`);
  await write(iniFile, grafanaIni(input));
  await write(join(folder, 'provisioning', 'datasources', 'pgfleet.yml'), grafanaDatasource(input));
  await write(join(folder, 'provisioning', 'dashboards', 'pgfleet.yml'), grafanaDashboards(input));
}

/** The password of Grafana's user `admin`, chosen at the first start. */
export function grafanaPasswordFile(settings: UpSettings): string {
  return join(settings.folders.data, 'grafana', 'admin-password');
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}

async function writeOnce(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}
