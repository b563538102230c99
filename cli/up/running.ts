import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { formatAddress } from '../../lib/config.ts';
import { errorMessage } from '../../lib/errors.ts';
import { limitHeapGrowth } from '../../lib/heap-growth.ts';
import { createLogger } from '../../lib/log.ts';
import { RotatingFile } from '../../lib/rotating-file.ts';
import type { ProcessStatus, SupervisedProcess } from '../../lib/supervisor.ts';
import { type FleetConfig, loadConfig } from '../config.ts';
import { type Service, startService } from '../serve.ts';
import { pgfleetVersion } from '../version.ts';
import { Cleanup } from './cleanup.ts';
import { reachable } from './endpoint.ts';
import { type GeneratedFiles, writeGenerated } from './generate.ts';
import { COMPANIONS, type CompanionName, type CompanionPlan, supervise, TITLES } from './programs.ts';
import { say } from './say.ts';
import type { UpSettings } from './settings.ts';
import { type TargetCount, waitForTargets } from './targets.ts';

export interface RunInput {
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: UpSettings;
  readonly plans: Readonly<Record<CompanionName, CompanionPlan>>;
  readonly signal: AbortSignal;
}

type Children = Map<CompanionName, SupervisedProcess>;

const TARGETS_TIMEOUT_MS = 60_000;

/** Our own service and the companions beside it. */
export class Running {
  readonly service: Service;
  readonly files: GeneratedFiles;
  readonly #input: RunInput;
  readonly #config: FleetConfig;
  readonly #children: Children;
  readonly #cleanup: Cleanup;

  private constructor(
    parts: { service: Service; files: GeneratedFiles; config: FleetConfig; children: Children },
    input: RunInput,
    cleanup: Cleanup,
  ) {
    this.service = parts.service;
    this.files = parts.files;
    this.#config = parts.config;
    this.#children = parts.children;
    this.#input = input;
    this.#cleanup = cleanup;
  }

  /** Starts the service, which the others ask, and then the others. Leaves nothing behind when it rejects. */
  static async start(input: RunInput): Promise<Running> {
    const cleanup = new Cleanup();
    try {
      const config = await loadFor(input);
      const children: Children = new Map();
      const token = randomBytes(24).toString('base64url');
      const service: Service = await startOwn(input, config, token, cleanup, (next) => {
        generate(input, next, service, token)
          .then(() => reloadCompanions(children))
          .catch((error: unknown) => say(`Prometheus keeps its old rules: ${errorMessage(error)}`));
      });
      say(`pgfleet listens on ${service.url}`);
      const files = await generate(input, config, service, token);
      await startCompanions(input, config, files, { children, cleanup });
      return new Running({ service, files, config, children }, input, cleanup);
    } catch (error) {
      await cleanup.run();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#cleanup.run();
  }

  /** Waits until Prometheus has scraped everything once; undefined when there is no Prometheus of ours. Servers by name. */
  async targets(): Promise<TargetCount | undefined> {
    const { settings, plans, signal } = this.#input;
    if (plans.prometheus.kind !== 'start') return undefined;
    const { servers, hosts } = this.#config;
    const planned = [...servers, ...hosts].filter(({ lifecycle }) => lifecycle === 'planned').length;
    const expected = servers.length + hosts.length - planned + 1 + this.#children.size;
    const options = { expected, timeoutMs: TARGETS_TIMEOUT_MS, signal };
    const count = await waitForTargets(settings.prometheus.url, options);
    const names = new Map(servers.map(({ address, name }) => [formatAddress(address), name]));
    return { ...count, silent: count.silent.map((instance) => names.get(instance) ?? instance) };
  }
}

/** pgfleet.yml with the addresses of what we start in place of those it leaves open. */
async function loadFor({ configFile, env, settings, plans }: RunInput): Promise<FleetConfig> {
  const config = await loadConfig({ file: configFile, env });
  const url = (name: CompanionName) => (plans[name].kind === 'absent' ? undefined : settings[name].url);
  return {
    ...config,
    data_dir: settings.folders.data,
    prometheus: { ...config.prometheus, url: url('prometheus') },
    alertmanager: { ...config.alertmanager, url: url('alertmanager') },
    grafana: { ...config.grafana, url: url('grafana') },
  };
}

async function startOwn(
  input: RunInput,
  config: FleetConfig,
  token: string,
  cleanup: Cleanup,
  onReloaded: (config: FleetConfig) => void,
): Promise<Service> {
  const log = new RotatingFile(join(input.settings.folders.logs, 'pgfleet.log'), {
    maxBytes: 10_000_000,
    kept: 3,
  });
  cleanup.add(async () => log.close());
  limitHeapGrowth();
  const service = await startService({
    load: () => loadFor(input),
    parts: ['exporters', 'notifier'],
    listen: input.settings.listen,
    internalToken: token,
    version: pgfleetVersion(),
    onReloaded,
    log: createLogger({ name: 'pgfleet', level: config.log.level }, log),
  });
  cleanup.add(() => service.close());
  return service;
}

function generate(
  { settings, plans }: RunInput,
  config: FleetConfig,
  service: Service,
  token: string,
): Promise<GeneratedFiles> {
  const started = COMPANIONS.filter((name) => plans[name].kind === 'start');
  return writeGenerated({
    config,
    settings,
    pgfleet: {
      scheme: service.url.startsWith('https:') ? 'https' : 'http',
      address: reachable({ host: settings.listen.host, port: service.port }),
    },
    // Without authentication of its own pgfleet asks nobody for a token.
    token: config.web_config_file === undefined ? undefined : token,
    companions: Object.fromEntries(started.map((name) => [name, reachable(settings[name].listen)])),
  });
}

async function startCompanions(
  { settings, plans, signal }: RunInput,
  config: FleetConfig,
  files: GeneratedFiles,
  { children, cleanup }: { children: Children; cleanup: Cleanup },
): Promise<void> {
  signal.throwIfAborted();
  const stopAll = () => Promise.all([...children.values()].map((child) => child.stop()));
  cleanup.add(stopAll);
  const onAbort = () => void stopAll();
  signal.addEventListener('abort', onAbort, { once: true });
  const results = await Promise.allSettled(
    COMPANIONS.map(async (name) => {
      const plan = plans[name];
      if (plan.kind !== 'start') return;
      const onChange = (status: ProcessStatus) => announce(name, status, settings);
      const child = supervise(name, plan, { config, settings, files, onChange });
      children.set(name, child);
      await child.start();
      say(`${TITLES[name]} ${plan.version} listens on ${settings[name].url}`);
    }),
  );
  signal.removeEventListener('abort', onAbort);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** Prometheus and Alertmanager read their files again on SIGHUP; Grafana watches its own. */
function reloadCompanions(children: Children): void {
  for (const name of ['prometheus', 'alertmanager'] as const) {
    const pid = children.get(name)?.status().pid;
    if (pid !== undefined) process.kill(pid, 'SIGHUP');
  }
}

/** Says what the person at the terminal would wonder about: a companion that ended, and that it is back. */
function announce(
  name: CompanionName,
  { state, lastExit, retryMs = 0, restarts }: ProcessStatus,
  settings: UpSettings,
) {
  const title = TITLES[name];
  if (state === 'backing_off') {
    const log = join(settings.folders.logs, `${name}.log`);
    say(`${title} ended (${lastExit}) and starts again in ${(retryMs / 1000).toFixed(0)} s; its log: ${log}`);
  }
  if (state === 'running' && restarts > 0) say(`${title} runs again`);
}
