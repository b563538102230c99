import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import process from 'node:process';
import type { UpOptions } from '../commands/up.ts';
import { loadConfig } from '../config.ts';
import { type DemoFleet, type DemoPlan, planDemoFleet, startDemoFleet } from '../demo/demo-fleet.ts';
import { EXIT } from '../exit-codes.ts';
import { DEFAULT_CONFIG_FILE } from '../options.ts';
import { pgfleetVersion } from '../version.ts';
import { Cleanup } from './cleanup.ts';
import { checkPorts } from './ports.ts';
import { planCompanions, portNeeds } from './programs.ts';
import { Running } from './running.ts';
import { say } from './say.ts';
import { upSettings } from './settings.ts';
import { stopSignals } from './stop-signals.ts';
import { homework, summary } from './summary.ts';

/**
 * Runs everything on this machine until SIGINT or SIGTERM: exporters and notifier in this process,
 * Prometheus, Alertmanager and Grafana as supervised children, and without a configuration the demo fleet.
 */
export async function up(options: UpOptions): Promise<number> {
  const stop = stopSignals();
  const cleanup = new Cleanup();
  try {
    await start(options, cleanup, stop.signal);
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    if (stop.signal.aborted) say('\nStopping; Ctrl-C again stops at once');
    await cleanup.run();
    stop.release();
  }
  say('Everything is stopped');
  return EXIT.ok;
}

async function start(options: UpOptions, cleanup: Cleanup, signal: AbortSignal): Promise<void> {
  say(`pgfleet ${pgfleetVersion()}`);
  const plan = await demoPlan(options);
  const configFile = plan?.configFile ?? resolve(options.config ?? DEFAULT_CONFIG_FILE);
  say(`Configuration: ${relative(process.cwd(), configFile)}${plan === undefined ? '' : ', the demo fleet'}`);
  const settings = upSettings(await loadConfig({ file: configFile, env: process.env }), options);
  const plans = await planCompanions(settings);
  await checkPorts(portNeeds(plans, settings));
  await mkdir(settings.folders.logs, { recursive: true });
  const demo = plan === undefined ? undefined : await startDemo(plan, cleanup, signal);
  const running = await Running.start({ configFile, env: process.env, settings, plans, signal });
  cleanup.add(() => running.close());
  reloadOnHangup(running, cleanup);
  signal.throwIfAborted();
  say('Waiting for the first scrapes');
  const targets = await running.targets();
  signal.throwIfAborted();
  say(summary({ url: running.service.url, settings, plans, demo, targets }));
  for (const line of homework(plans, running.files)) say(line);
}

/** SIGHUP reads the configuration again, as with all services; from a terminal it means that the terminal is gone. */
function reloadOnHangup(running: Running, cleanup: Cleanup): void {
  if (process.stdout.isTTY) return;
  const reload = async () => {
    const result = await running.service.reload();
    say(
      result.ok ? 'Configuration reloaded' : `Configuration not reloaded, the old one stays: ${result.error}`,
    );
  };
  const onHangup = () => void reload();
  process.on('SIGHUP', onHangup);
  cleanup.add(async () => process.off('SIGHUP', onHangup));
}

/** The demo fleet where nobody wrote a configuration; a file that was named and is missing is a mistake instead. */
async function demoPlan(options: UpOptions): Promise<DemoPlan | undefined> {
  const written = options.config !== undefined || existsSync(DEFAULT_CONFIG_FILE);
  if (written && !options.demo) return undefined;
  return planDemoFleet(resolve(options.dataDir ?? '.pgfleet', 'demo'));
}

async function startDemo(plan: DemoPlan, cleanup: Cleanup, signal: AbortSignal): Promise<DemoFleet> {
  const demo = await startDemoFleet(plan, {
    signal,
    progress: say,
    onMail: ({ subject, to, file }) =>
      say(`Mail to ${to.join(', ')}: ${subject}  (${relative(process.cwd(), file)})`),
  });
  cleanup.add(() => demo.close('fast'));
  return demo;
}
