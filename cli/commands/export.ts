import { Command } from 'commander';
import { configOption, listenOption } from '../options.ts';

/** `pgfleet export`: exporters and status page as a service. */
export function command(): Command {
  return new Command('export')
    .description('Run the exporters, service discovery and the status page as a service, without Prometheus.')
    .addOption(configOption())
    .addOption(listenOption())
    .addHelpText(
      'after',
      `
SIGHUP or POST /-/reload loads the configuration again; a bad file keeps the old one and says why.
SIGTERM and SIGINT stop it gracefully.

Examples:
  pgfleet export
  pgfleet export --config /etc/pgfleet/pgfleet.yml --listen 127.0.0.1:9500`,
    )
    .action(async (options: { config: string; listen?: string }) => {
      const { runService } = await import('../run-service.ts');
      process.exitCode = await runService({ ...options, parts: ['exporters'] });
    });
}
