import { Command, Option } from 'commander';
import { DEFAULT_CONFIG_FILE, listenOption } from '../options.ts';

/** `pgfleet up`: everything on this machine. */
export function command(): Command {
  const address = (flag: string, text: string) => new Option(`--${flag} <host:port>`, text);
  return new Command('up')
    .description(
      'Run everything on this machine: exporters, notifier, Prometheus, Alertmanager, Grafana if installed.',
    )
    .addOption(
      new Option(
        '-c, --config <file>',
        `configuration file (default ${DEFAULT_CONFIG_FILE}; without it, a demo fleet)`,
      ).env('PGFLEET_CONFIG'),
    )
    .option('--demo', 'start the demo fleet even where a pgfleet.yml exists', false)
    .addOption(listenOption())
    .addOption(
      address('prometheus-listen', 'address of the Prometheus that is started (default 127.0.0.1:9433)'),
    )
    .addOption(
      address('alertmanager-listen', 'address of the Alertmanager that is started (default 127.0.0.1:9434)'),
    )
    .addOption(address('grafana-listen', 'address of the Grafana that is started (default 127.0.0.1:9435)'))
    .option('--prometheus-url <url>', 'use this Prometheus and start none')
    .option('--alertmanager-url <url>', 'use this Alertmanager and start none')
    .option('--data-dir <folder>', 'what is kept between runs (default .pgfleet)')
    .addHelpText(
      'after',
      `
Ctrl-C stops everything it started and leaves no process behind.

Examples:
  pgfleet up
  pgfleet up --config /etc/pgfleet/pgfleet.yml
  pgfleet up --listen 127.0.0.1:19432 --prometheus-listen 127.0.0.1:19433
  pgfleet up --prometheus-url http://prometheus.example:9090`,
    )
    .action(async (options: UpOptions) => {
      const { up } = await import('../up/up.ts');
      process.exitCode = await up(options);
    });
}

/** Options of `pgfleet up` as given on the command line. */
export interface UpOptions {
  readonly config?: string;
  readonly demo: boolean;
  readonly listen?: string;
  readonly prometheusListen?: string;
  readonly alertmanagerListen?: string;
  readonly grafanaListen?: string;
  readonly prometheusUrl?: string;
  readonly alertmanagerUrl?: string;
  readonly dataDir?: string;
}
