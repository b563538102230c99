import { Command } from 'commander';
import { configOption } from '../options.ts';

/** `pgfleet grant`: the SQL a monitoring role lacks. */
export function command(): Command {
  return new Command('grant')
    .description(
      'Print the SQL that gives the monitoring role what it lacks on a server; nothing is executed.',
    )
    .argument('<server>', 'name of the server in pgfleet.yml')
    .addOption(configOption())
    .addHelpText(
      'after',
      `
It logs in with the configured role and compares what it may do with what the collectors need on that
version. Where the role does not exist yet, the statements that create it are printed.

Examples:
  pgfleet grant shop-db
  pgfleet grant shop-db | psql -h 10.0.0.5 -U postgres`,
    )
    .action(async (server: string, options: { config: string }) => {
      const { printGrants } = await import('../print-grants.ts');
      process.exitCode = await printGrants({ server, ...options });
    });
}
