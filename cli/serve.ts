import type { Express } from 'express';
import { Counter, collectDefaultMetrics, Registry as ProcessMetrics } from 'prom-client';
import { type Catalog, catalogAges, loadCatalog } from '../catalog/catalog.ts';
import { type DiscoverySchedule, startDiscoverySchedule } from '../exporters/fleet/discovery-schedule.ts';
import {
  type ConfigState,
  createFleetExporter,
  type FleetExporter,
  loadFleetCollectors,
  targetProbes,
} from '../exporters/fleet/fleet-exporter.ts';
import { createRegistry, type Registry } from '../exporters/fleet/registry.ts';
import { hostTargets, postgresTargets } from '../exporters/fleet/service-discovery.ts';
import type { StatusLinks } from '../exporters/fleet/status-model.ts';
import type { Address } from '../lib/config.ts';
import { errorMessage, PgfleetError } from '../lib/errors.ts';
import type { Exporter } from '../lib/exporter.ts';
import { CONTENT_TYPES, renderScrape } from '../lib/exposition.ts';
import { type HttpServer, startHttpServer } from '../lib/http-server.ts';
import { type Logger, redactText } from '../lib/log.ts';
import { probeHandler, scrapeBudgetMs, sendExposition } from '../lib/probe-handler.ts';
import { loadWebConfig, OPEN_WEB_CONFIG, type WebConfig } from '../lib/web-config.ts';
import { createNotifier, type Notifier } from '../notifier/notifier.ts';
import { catalogOverlays } from './catalog-folders.ts';
import type { FleetConfig } from './config.ts';
import { docsHandler } from './docs-handler.ts';
import { createExporters, type Exporters } from './exporters.ts';
import { healthRouter } from './health-handler.ts';
import { serviceLook } from './look-around.ts';
import { explanationText, ownerOf } from './print-explanation.ts';
import { statusPageHandler } from './status-page-handler.ts';

export type Part = 'exporters' | 'notifier';

export interface ServiceOptions {
  /** Reads and validates the configuration; called at the start and at every reload. Throws ConfigError. */
  readonly load: () => Promise<FleetConfig>;
  readonly parts: readonly Part[];
  /** In place of the configured address. */
  readonly listen?: Address | undefined;
  /** Bearer token that pgfleet's own Prometheus and Alertmanager present. */
  readonly internalToken?: string;
  readonly version: string;
  /** Told of each configuration that a reload has put in force. */
  readonly onReloaded?: (config: FleetConfig) => void;
  readonly log: Logger;
}

export type ReloadResult = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** The exporters, service discovery, status page and notifier of one process, behind one address. */
export interface Service {
  readonly url: string;
  readonly port: number;
  /** Swaps to the configuration as it is on disk now; a bad one changes nothing and is reported. */
  reload(): Promise<ReloadResult>;
  close(): Promise<void>;
}

/** Starts the parts. Throws ConfigError for a bad configuration, PgfleetError `connect` for a busy port. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const service = new RunningService(options, await createGeneration(await options.load(), options.log));
  await service.start();
  return service;
}

/** Parts that exist already, by the configuration. */
function configuredLinks({ prometheus, alertmanager, grafana }: FleetConfig): StatusLinks {
  return { prometheus: prometheus.url, alertmanager: alertmanager.url, grafana: grafana.url };
}

/** Everything that one load of the configuration brought; replaced as a whole, closed when its last probe has ended. */
interface Generation {
  readonly config: FleetConfig;
  readonly webConfig: WebConfig;
  readonly registry: Registry;
  readonly catalog: Catalog;
  readonly exporters: Exporters;
  probes: number;
  retired: boolean;
}

async function createGeneration(config: FleetConfig, log: Logger): Promise<Generation> {
  const file = config.web_config_file;
  const webConfig = file === undefined ? OPEN_WEB_CONFIG : loadWebConfig(file, process.env);
  const catalog = loadCatalog(catalogOverlays(config));
  return {
    config,
    webConfig,
    registry: createRegistry(config),
    catalog,
    exporters: await createExporters(config, catalog, log),
    probes: 0,
    retired: false,
  };
}

/** After the first scrapes: looking for other servers is never urgent. */
const FIRST_LOOK_SECONDS = 5;

class RunningService implements Service {
  readonly #options: ServiceOptions;
  readonly #log: Logger;
  readonly #process = new ProcessMetrics();
  #generation: Generation;
  #configState: ConfigState = { successful: true, loadedAt: Date.now() };
  #fleet: FleetExporter | undefined;
  #notifier: Notifier | undefined;
  #discovery: DiscoverySchedule | undefined;
  #server: HttpServer | undefined;
  #reloading: Promise<ReloadResult> | undefined;
  #ready = false;

  constructor(options: ServiceOptions, generation: Generation) {
    this.#options = options;
    this.#log = options.log;
    this.#generation = generation;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  async start(): Promise<void> {
    const { config, webConfig } = this.#generation;
    const { parts, log, internalToken } = this.#options;
    collectDefaultMetrics({ register: this.#process });
    this.#fleet = createFleetExporter(await loadFleetCollectors(), log.child({ exporter: 'fleet' }));
    if (parts.includes('notifier')) this.#notifier = await this.#startNotifier(config);
    this.#server = await startHttpServer(
      {
        listen: this.#options.listen ?? config.listen,
        webConfig,
        log,
        ...(internalToken === undefined ? {} : { internalToken }),
      },
      (app) => this.#addRoutes(app),
    );
    if (parts.includes('exporters')) this.#discovery = this.#startDiscovery(config);
    this.#ready = true;
    log.info({ url: this.url, parts }, 'pgfleet is listening');
  }

  reload(): Promise<ReloadResult> {
    this.#reloading ??= this.#swap().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  async close(): Promise<void> {
    this.#ready = false;
    await this.#server?.close();
    await this.#discovery?.close();
    await this.#notifier?.close();
    await this.#generation.exporters.close();
  }

  #startDiscovery({ discovery }: FleetConfig): DiscoverySchedule {
    return startDiscoverySchedule({
      intervalSeconds: discovery.interval,
      firstAfterSeconds: FIRST_LOOK_SECONDS,
      look: serviceLook(
        () => this.#generation.config,
        (name, sql) => this.#withExporters(({ postgres }) => postgres.ask(name, sql)),
      ),
      log: this.#log.child({ part: 'discovery' }),
    });
  }

  async #startNotifier(config: FleetConfig): Promise<Notifier> {
    const notifier = await createNotifier(config.notify, {
      log: this.#log.child({ part: 'notifier' }),
      now: Date.now,
      dataDir: config.data_dir,
      language: config.language,
      alertmanagerUrl: config.alertmanager.url,
      registry: this.#process,
    });
    notifier.start();
    return notifier;
  }

  async #swap(): Promise<ReloadResult> {
    try {
      const next = await createGeneration(await this.#options.load(), this.#log);
      this.#notifier?.reload(next.config.notify);
      const before = this.#generation;
      this.#generation = next;
      this.#server?.update(next.webConfig);
      this.#configState = { successful: true, loadedAt: Date.now() };
      this.#retire(before);
      this.#discovery?.again();
      this.#log.info(
        { servers: next.registry.servers.length, hosts: next.registry.hosts.length },
        'configuration reloaded',
      );
      this.#options.onReloaded?.(next.config);
      return { ok: true };
    } catch (error) {
      const text = redactText(errorMessage(error));
      this.#configState = { ...this.#configState, successful: false, error: text };
      this.#log.error({ err: error }, 'configuration not reloaded, the one before stays in force');
      return { ok: false, error: text };
    }
  }

  #retire(generation: Generation): void {
    generation.retired = true;
    if (generation.probes > 0) return;
    generation.exporters
      .close()
      .catch((error: unknown) => this.#log.warn({ err: error }, 'exporter not closed cleanly'));
  }

  #addRoutes(app: Express): void {
    const requests = new Counter({
      name: 'pgfleet_http_requests_total',
      help: 'HTTP requests answered.',
      labelNames: ['handler', 'code'],
      registers: [this.#process],
    });
    app.use((request, response, next) => {
      response.on('finish', () => {
        // The route's pattern, never the path: labels stay bounded.
        const handler = typeof request.route?.path === 'string' ? request.route.path : 'other';
        requests.inc({ handler, code: String(response.statusCode) });
      });
      next();
    });
    this.#addManagementRoutes(app);
    if (this.#options.parts.includes('exporters')) this.#addExporterRoutes(app);
    if (this.#notifier !== undefined) app.use(this.#notifier.router);
  }

  #addManagementRoutes(app: Express): void {
    app.get(
      '/-/healthy',
      (_request, response) => void response.type('text/plain').send('pgfleet is healthy.\n'),
    );
    app.get('/-/ready', (_request, response) => {
      response
        .status(this.#ready ? 200 : 503)
        .type('text/plain')
        .send(this.#ready ? 'pgfleet is ready.\n' : 'pgfleet is starting.\n');
    });
    app.post('/-/reload', async (_request, response) => {
      const result = await this.reload();
      response
        .status(result.ok ? 200 : 400)
        .type('text/plain')
        .send(result.ok ? 'Reloaded.\n' : `${result.error}\n`);
    });
    app.get('/metrics', async (request, response) => {
      const budgetMs = scrapeBudgetMs(request.get('x-prometheus-scrape-timeout-seconds'));
      response.set('Content-Type', CONTENT_TYPES.text).send(await this.#ownMetrics(budgetMs));
    });
  }

  #addExporterRoutes(app: Express): void {
    const current = () => this.#generation;
    app.get('/probe/postgres', probeHandler(this.#liveExporter('postgres')));
    app.get('/probe/host', probeHandler(this.#liveExporter('host')));
    app.use(
      '/health/postgres',
      healthRouter((target) => this.#withExporters(({ postgres }) => postgres.health(target))),
    );
    app.get('/statements/postgres', async (request, response) => {
      const target = request.query['target'];
      if (typeof target !== 'string')
        throw new PgfleetError('parse', '/statements/postgres: expected ?target=NAME');
      await sendExposition(request, response, await current().exporters.postgres.statements(target));
    });
    app.get('/sd/postgres', (_request, response) => void response.json(postgresTargets(current().registry)));
    app.get('/sd/host', (_request, response) => void response.json(hostTargets(current().registry)));
    app.get('/explain', async (request, response) => {
      const target = request.query['target'];
      if (typeof target !== 'string') throw new PgfleetError('parse', '/explain: expected ?target=NAME');
      const explanation = await ownerOf(current().exporters, target).explain(target);
      if (request.accepts(['text', 'json']) === 'json') response.json(explanation);
      else response.type('text/plain').send(`${explanationText(explanation, true)}\n`);
    });
    app.use('/docs', docsHandler());
    app.get(
      '/',
      statusPageHandler(() => ({
        language: current().config.language,
        registry: current().registry,
        version: this.#options.version,
        config: this.#configState,
        links: { ...configuredLinks(current().config), docs: this.#docsUrl() },
        lastProbe: (kind, target) => current().exporters[kind].lastProbe(target),
        discovery: this.#discovery?.latest(),
      })),
    );
  }

  #docsUrl(): string {
    const { external_url } = this.#generation.config;
    return `${(external_url ?? this.url).replace(/\/$/, '')}/docs/`;
  }

  /** An exporter that always asks the generation in force. */
  #liveExporter(kind: 'postgres' | 'host'): Pick<Exporter, 'kind' | 'probe'> {
    return {
      kind,
      probe: (target, options) => this.#withExporters((exporters) => exporters[kind].probe(target, options)),
    };
  }

  /** Asks the generation in force, and keeps it open while it is asked. */
  async #withExporters<T>(ask: (exporters: Exporters) => Promise<T>): Promise<T> {
    const generation = this.#generation;
    generation.probes += 1;
    try {
      return await ask(generation.exporters);
    } finally {
      generation.probes -= 1;
      if (generation.retired) this.#retire(generation);
    }
  }

  async #ownMetrics(budgetMs: number): Promise<string> {
    const { exporters, catalog } = this.#generation;
    // A notifier beside an exporter of the same configuration would give every registry series twice.
    const exporting = this.#options.parts.includes('exporters');
    const registry = exporting ? this.#generation.registry : createRegistry({ servers: [], hosts: [] });
    const input = {
      now: Date.now(),
      version: this.#options.version,
      registry,
      config: this.#configState,
      catalogs: exporting ? catalogAges(catalog, Date.now()) : [],
      probes: targetProbes(registry, (kind, target) => exporters[kind].lastProbe(target)),
      discovery: this.#discovery?.latest(),
    };
    const signal = new AbortController().signal;
    const samples = (await this.#fleet?.samples(input, { budgetMs, signal })) ?? [];
    return renderScrape(samples, 'text') + (await this.#process.metrics());
  }
}
