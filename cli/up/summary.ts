import { relative } from 'node:path';
import process from 'node:process';
import type { DemoFleet, RunningDemoServer } from '../demo/demo-fleet.ts';
import { DEMO_GHOST } from '../demo/demo-servers.ts';
import { LEGACY_HOSTS } from '../demo/legacy/machines.ts';
import { type GeneratedFiles, grafanaPasswordFile } from './generate.ts';
import { COMPANIONS, type CompanionName, type CompanionPlan, TITLES } from './programs.ts';
import type { UpSettings } from './settings.ts';
import type { TargetCount } from './targets.ts';

export interface SummaryInput {
  readonly url: string;
  readonly settings: UpSettings;
  readonly plans: Readonly<Record<CompanionName, CompanionPlan>>;
  readonly demo: DemoFleet | undefined;
  readonly targets: TargetCount | undefined;
}

/** What runs where and what to do next, as a table for the terminal. */
export function summary(input: SummaryInput): string {
  const { url, settings, plans, demo, targets } = input;
  const running: Row[] = [
    ['pgfleet', url, 'status page, exporters, notifier'],
    ...COMPANIONS.map((name) => companionRow(name, plans[name], settings)),
    ...(demo?.servers ?? []).map((server): Row => {
      const { name, port, version } = server;
      return [name, `127.0.0.1:${port}`, `PostgreSQL ${version}${roleText(server)}`];
    }),
  ];
  if (demo?.ghostPort !== undefined)
    running.push([DEMO_GHOST.name, `127.0.0.1:${demo.ghostPort}`, 'declared, but nothing is there']);
  if (demo !== undefined)
    running.push(['mail', `127.0.0.1:${demo.smtpPort}`, `alert mails end in ${short(demo.mailFolder)}`]);
  const hints = [
    ...(targets === undefined ? [] : [['Scraped', targetsText(targets)] as const]),
    ...demoHints(demo, settings),
    ['Logs', short(settings.folders.logs)] as const,
    ['Stop', 'Ctrl-C'] as const,
  ];
  return `\n${table(running)}\n\n${table(hints)}\n`;
}

type Row = readonly [string, string, string];

function roleText({ standbyOf, cloneOf, declared }: RunningDemoServer): string {
  const origin =
    standbyOf === undefined
      ? cloneOf === undefined
        ? ''
        : `, clone of ${cloneOf}`
      : `, replica of ${standbyOf}`;
  return `${origin}${declared ? '' : ', which nobody declared'}`;
}

function companionRow(name: CompanionName, plan: CompanionPlan, settings: UpSettings): Row {
  const title = TITLES[name];
  switch (plan.kind) {
    case 'existing':
      return [title, plan.url, 'yours, not started here'];
    case 'absent':
      return [title, '-', `not started: ${plan.reason}`];
    case 'start': {
      const login =
        name === 'grafana' ? `, user admin, password in ${short(grafanaPasswordFile(settings))}` : '';
      return [title, settings[name].url, `${plan.version}${login}`];
    }
    default:
      return plan satisfies never;
  }
}

/** What has to be done by hand because a part is somebody else's. */
export function homework(
  plans: Readonly<Record<CompanionName, CompanionPlan>>,
  files: GeneratedFiles,
): readonly string[] {
  const lines: string[] = [];
  if (plans.prometheus.kind === 'existing') {
    lines.push(
      `Prometheus at ${plans.prometheus.url} is yours: take over scrape_configs, rule_files and alerting from`,
      `  ${files.prometheus}`,
    );
  }
  if (plans.alertmanager.kind === 'existing') {
    lines.push(
      `Alertmanager at ${plans.alertmanager.url} is yours: take over route, receivers and inhibit_rules from`,
      `  ${files.alertmanager}`,
    );
  }
  return lines;
}

function targetsText({ scraped, all, missing, silent }: TargetCount): string {
  if (scraped < all) return `${scraped} of ${all} targets; not yet: ${missing.join(', ')}`;
  return silent.length === 0
    ? `all ${all} targets answer`
    : `all ${all} targets; without an answer: ${silent.join(', ')}`;
}

/** What fires, and is mailed, while all that exists is well. */
const ALERTS_OF_THE_DEMO = [
  `${DEMO_GHOST.name} does not answer; crm-db and billing-db are past their end of life; old machines have bad disks`,
  'after 70 minutes billing-db and its clone, after 90 what nobody declared',
];

function demoHints(
  demo: DemoFleet | undefined,
  settings: UpSettings,
): readonly (readonly [string, string])[] {
  const victim = demo?.servers.find(({ name }) => name === 'shop-db') ?? demo?.servers[0];
  if (demo === undefined || victim === undefined) return [];
  const pidFile = `${short(victim.dataDir)}/postmaster.pid`;
  const dataDir = settings.folders.data.endsWith('/.pgfleet')
    ? ''
    : ` --data-dir ${short(settings.folders.data)}`;
  return [
    ['Break', `kill -9 $(head -1 ${pidFile})   a mail follows after a minute and a half`],
    ['Mend', `npx pgfleet demo start ${victim.name}${dataDir}   and another one says that it is over`],
    ['Alerts', 'without any fault:'],
    ...ALERTS_OF_THE_DEMO.map((text) => ['', text] as const),
    [
      'Find',
      `npx pgfleet discover --config ${short(demo.configFile)}   what nobody declared, clones, ghosts`,
    ],
    ['Old iron', `npx pgfleet host report ${LEGACY_HOSTS[0]?.name} --config ${short(demo.configFile)}`],
    ['Your own', `copy ${short(demo.configFile)} to pgfleet.yml and change it`],
  ];
}

function short(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}

/** Columns as wide as their widest cell; the last one is not padded. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))),
    )
    .map((cells) => `  ${cells.join('   ')}`)
    .join('\n');
}
