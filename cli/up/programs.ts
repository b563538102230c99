import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatAddress } from '../../lib/config.ts';
import { PgfleetError } from '../../lib/errors.ts';
import { runCommand } from '../../lib/run-command.ts';
import {
  answersHttp,
  type ProcessSpec,
  type ProcessStatus,
  SupervisedProcess,
} from '../../lib/supervisor.ts';
import type { FleetConfig } from '../config.ts';
import { alertmanagerArgs } from './alertmanager-config.ts';
import { reachable } from './endpoint.ts';
import { ALERTMANAGER_NAMES, findProgram } from './find-program.ts';
import type { GeneratedFiles } from './generate.ts';
import type { PortNeed } from './ports.ts';
import { prometheusArgs } from './prometheus-config.ts';
import type { Companion, UpSettings } from './settings.ts';

export const COMPANIONS = ['prometheus', 'alertmanager', 'grafana'] as const;
export type CompanionName = (typeof COMPANIONS)[number];

export const TITLES: Readonly<Record<CompanionName, string>> = {
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
  grafana: 'Grafana',
};

/** What to do about a companion, decided before anything starts. */
export type CompanionPlan =
  | { readonly kind: 'existing'; readonly url: string }
  | { readonly kind: 'start'; readonly program: string; readonly version: string; readonly home?: string }
  | { readonly kind: 'absent'; readonly reason: string };

/** Looks for the programs that are to be started. Throws for a Prometheus that is too old. */
export async function planCompanions(settings: UpSettings): Promise<Record<CompanionName, CompanionPlan>> {
  return {
    prometheus: await plan(settings.prometheus, planPrometheus),
    alertmanager: await plan(settings.alertmanager, planAlertmanager),
    grafana: await plan(settings.grafana, planGrafana),
  };
}

async function plan(companion: Companion, make: () => Promise<CompanionPlan>): Promise<CompanionPlan> {
  return companion.existing ? { kind: 'existing', url: companion.url } : make();
}

async function planPrometheus(): Promise<CompanionPlan> {
  const program = findProgram('prometheus');
  if (program === undefined) {
    const reason =
      'no prometheus on PATH; install it (Debian and Ubuntu: package prometheus), or name yours with --prometheus-url';
    return { kind: 'absent', reason };
  }
  const version = await versionOf(program);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // HTTP service discovery came with 2.28.
  if (major < 2 || (major === 2 && minor < 28)) {
    throw new PgfleetError('unsupported', `${program}: expected Prometheus 2.28 or later, found ${version}`);
  }
  return { kind: 'start', program, version };
}

async function planAlertmanager(): Promise<CompanionPlan> {
  const program = findProgram(...ALERTMANAGER_NAMES);
  if (program !== undefined) return { kind: 'start', program, version: await versionOf(program) };
  const reason =
    'no alertmanager on PATH; install it (Debian and Ubuntu: package prometheus-alertmanager), or name yours with --alertmanager-url';
  return { kind: 'absent', reason };
}

async function planGrafana(): Promise<CompanionPlan> {
  const program = findProgram('grafana', 'grafana-server');
  if (program === undefined)
    return { kind: 'absent', reason: 'no grafana on PATH; install it for the dashboards' };
  const real = dirname(dirname(realpathSync(program)));
  const home = [real, '/usr/share/grafana'].find((folder) =>
    existsSync(join(folder, 'conf', 'defaults.ini')),
  );
  if (home === undefined) {
    return { kind: 'absent', reason: `${program} is there, but not its folder with conf/defaults.ini` };
  }
  const version = await versionOf(
    program,
    'version ',
    basename(program) === 'grafana' ? ['server', '-v'] : ['-v'],
  );
  return { kind: 'start', program, version, home };
}

/** "prometheus, version 2.42.0+ds (branch: …)" to "2.42.0". Prometheus printed it to stderr before 2.43. */
async function versionOf(program: string, before = ', version ', args = ['--version']): Promise<string> {
  const { stdout, stderr } = await runCommand(program, args, { timeoutMs: 10_000, maxBytes: 10_000 });
  const text = `${stdout}\n${stderr}`;
  const start = text.toLowerCase().indexOf(before);
  const version = start < 0 ? undefined : /^\d+\.\d+\.\d+/.exec(text.slice(start + before.length))?.[0];
  if (version !== undefined) return version;
  throw new PgfleetError(
    'command',
    `${program} ${args.join(' ')}: expected a version, found ${JSON.stringify(text.slice(0, 200))}`,
  );
}

/** What the planned programs will listen on. */
export function portNeeds(
  plans: Record<CompanionName, CompanionPlan>,
  settings: UpSettings,
): readonly PortNeed[] {
  const own = { address: settings.listen, who: 'pgfleet', change: '--listen or `listen:`' };
  const others = COMPANIONS.filter((name) => plans[name].kind === 'start').map((name) => ({
    address: settings[name].listen,
    who: TITLES[name],
    change: `--${name}-listen or \`${name}: { listen: … }\``,
  }));
  return [own, ...others];
}

export interface LaunchInput {
  readonly config: FleetConfig;
  readonly settings: UpSettings;
  readonly files: GeneratedFiles;
  readonly onChange: (status: ProcessStatus) => void;
}

/** A supervised process for a companion that is to be started; not started yet. */
export function supervise(
  name: CompanionName,
  start: Extract<CompanionPlan, { kind: 'start' }>,
  input: LaunchInput,
): SupervisedProcess {
  const { program } = start;
  const { settings, onChange } = input;
  const common = {
    name: TITLES[name],
    file: program,
    logFile: join(settings.folders.logs, `${name}.log`),
    onChange,
  };
  return new SupervisedProcess({ ...common, ...launch(name, start, input) });
}

function launch(
  name: CompanionName,
  { program, home = '' }: Extract<CompanionPlan, { kind: 'start' }>,
  { config, settings, files }: LaunchInput,
): Pick<ProcessSpec, 'args' | 'ready' | 'readyTimeoutMs'> {
  const { listen, url } = settings[name];
  const local = `http://${formatAddress(reachable(listen))}`;
  const common = { dataDir: join(settings.folders.data, name), listen, externalUrl: url };
  switch (name) {
    case 'prometheus':
      return {
        args: prometheusArgs({
          ...common,
          configFile: files.prometheus,
          retentionSeconds: config.prometheus.retention,
        }),
        ready: answersHttp(`${local}/-/ready`),
        // It replays its write-ahead log first, which takes minutes for a large fleet.
        readyTimeoutMs: 600_000,
      };
    case 'alertmanager':
      return {
        args: alertmanagerArgs({ ...common, configFile: files.alertmanager }),
        ready: answersHttp(`${local}/-/ready`),
      };
    case 'grafana':
      return {
        args: [
          ...(basename(program) === 'grafana' ? ['server'] : []),
          ...['--homepath', home, '--config', files.grafanaIni],
        ],
        ready: answersHttp(`${local}/api/health`),
        // The first start migrates its database.
        readyTimeoutMs: 180_000,
      };
    default:
      return name satisfies never;
  }
}
