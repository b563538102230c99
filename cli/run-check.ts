import { checkHost, type HostCheck } from '../exporters/host/check-host.ts';
import { checkTarget, type TargetCheck } from '../exporters/postgres/check-target.ts';
import { postgresTarget } from '../exporters/postgres/config.ts';
import { collectorsByTarget, loadPostgresCollectors } from '../exporters/postgres/exporter.ts';
import { displayVersion } from '../exporters/postgres/facts.ts';
import { closest } from '../lib/closest.ts';
import { errorMessage, PgfleetError } from '../lib/errors.ts';
import { redactText } from '../lib/log.ts';
import { type FleetConfig, loadConfig } from './config.ts';
import { EXIT } from './exit-codes.ts';

interface CheckRequest {
  /** Names of servers and hosts; none means all. */
  readonly targets: readonly string[];
  readonly config: string;
  readonly configOnly: boolean;
}

/** Targets checked at the same time: enough to be quick, few enough to be harmless. */
const AT_ONCE = 8;

/** Checks the file and then every target, printing as it goes; ends unwell when anything is missing. */
export async function runCheck({ targets, config: file, configOnly }: CheckRequest): Promise<number> {
  const config = await loadConfig({ file, env: process.env });
  const checks = await checksOf(config, targets);
  print(
    `${file}: ${config.servers.length} servers, ${config.hosts.length} hosts, ${config.notify.channels.length} channels: ok`,
  );
  if (configOnly) return EXIT.ok;
  let unwell = 0;
  await inTurns(checks, async (check) => {
    const { well, text } = await check();
    if (!well) unwell += 1;
    print(text);
  });
  print(unwell === 0 ? 'All targets can be read.' : `${unwell} of ${checks.length} targets need attention.`);
  return unwell === 0 ? EXIT.ok : EXIT.unwell;
}

interface Outcome {
  readonly well: boolean;
  readonly text: string;
}

async function checksOf(config: FleetConfig, wanted: readonly string[]): Promise<(() => Promise<Outcome>)[]> {
  const collectorsOf = collectorsByTarget(await loadPostgresCollectors());
  const all = [
    ...config.servers.map((server) => {
      const target = postgresTarget(server, config.postgres);
      // Read here, so that a file that is not right is told of before anybody is asked.
      const collectors = collectorsOf(target);
      return { name: server.name, run: async () => serverOutcome(await checkTarget(target, collectors)) };
    }),
    ...config.hosts.map((host) => ({
      name: host.name,
      run: async () => hostOutcome(await checkHost(host, config)),
    })),
  ];
  const names = all.map(({ name }) => name);
  for (const name of wanted) {
    if (names.includes(name)) continue;
    const suggestion = closest(name, names);
    const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
    throw new PgfleetError('not_found', `no server or host is named "${name}"${hint}`);
  }
  return all.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).map(({ run }) => run);
}

function serverOutcome({ target, failure, facts, supported, lacking, sql }: TargetCheck): Outcome {
  if (failure !== undefined) {
    const text = [
      `server ${target}: ${redactText(errorMessage(failure))}`,
      ...remedy('Run as a superuser:', sql),
    ];
    return { well: false, text: text.join('\n') };
  }
  const version = facts === undefined ? '' : displayVersion(facts.version);
  const identity = `${facts?.kind ?? 'unknown'} ${version}, ${facts?.role ?? 'unknown role'}, as ${facts?.user ?? '?'}`;
  if (!supported)
    return { well: false, text: `server ${target}: ${identity}: this product or version is not supported` };
  const denied = lacking.filter(({ reason }) => reason === 'permission');
  const text = [
    `server ${target}: ${identity}: ${denied.length === 0 ? 'ok' : 'privileges missing'}`,
    ...lacking.map(
      ({ collector, reason, detail }) => `  ${collector.name} does not run: ${reason}, ${detail}`,
    ),
    ...remedy('Run as a superuser to read everything:', sql),
  ];
  return { well: denied.length === 0, text: text.join('\n') };
}

function hostOutcome({ target, failure, sections, unreadable, sudoers }: HostCheck): Outcome {
  if (failure !== undefined) return { well: false, text: `host ${target}: ${failure}` };
  const text = [
    `host ${target}: ${sections} sections read${unreadable.length === 0 ? ': ok' : `, ${unreadable.length} not in full`}`,
    ...unreadable.map(({ name, status }) => `  ${name}: ${status}`),
    ...remedy('Add to /etc/sudoers.d/pgfleet on the host (visudo -f):', sudoers),
  ];
  return { well: unreadable.length === 0, text: text.join('\n') };
}

function remedy(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
