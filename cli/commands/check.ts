import { Command } from 'commander';
import { configOption } from '../options.ts';

/** `pgfleet check`: configuration, reachability, privileges. */
export function command(): Command {
  return new Command('check')
    .description(
      'Check the configuration, reach every target, and print what is missing and how to grant it.',
    )
    .argument('[target...]', 'only these servers and hosts (default: all)')
    .addOption(configOption())
    .option('--config-only', 'check the file and contact nobody', false)
    .addHelpText(
      'after',
      `
For a server that lacks a privilege it prints the exact SQL, for a host the exact sudoers line.

Examples:
  pgfleet check
  pgfleet check --config-only --config /etc/pgfleet/pgfleet.yml
  pgfleet check shop-db web1`,
    )
    .action(async (targets: string[], options: { config: string; configOnly: boolean }) => {
      const { runCheck } = await import('../run-check.ts');
      process.exitCode = await runCheck({ targets, ...options });
    });
}
