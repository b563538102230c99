import { Command } from 'commander';
import { configOption } from '../options.ts';

/** `pgfleet discover`: servers that exist, declared or not. */
export function command(): Command {
  return new Command('discover')
    .description('Look for PostgreSQL servers and tell which are declared, which are not and which are gone.')
    .addOption(configOption())
    .option('--no-networks', 'do not probe the networks of `discovery.networks`')
    .option('--dry-run', 'print the addresses that would be probed and contact nobody', false)
    .option('--write', 'append entries for what is not declared to the configuration file, for review', false)
    .option('--json', 'machine-readable output', false)
    .addHelpText(
      'after',
      `
It reads processes, sockets, data directories, unit files and containers of this machine, and asks the
declared servers which others they know. Networks are probed only when the configuration lists them with
a permission; every connection is recorded in discovery-audit.log in the data directory.
Run it as root to see the processes and directories of other users.

Examples:
  pgfleet discover
  pgfleet discover --dry-run
  pgfleet discover --no-networks --json | jq '.instances[] | select(.status == "unregistered")'
  pgfleet discover --write && git diff pgfleet.yml`,
    )
    .action(
      async (options: {
        config: string;
        networks: boolean;
        dryRun: boolean;
        write: boolean;
        json: boolean;
      }) => {
        const { runDiscover } = await import('../run-discover.ts');
        process.exitCode = await runDiscover(options);
      },
    );
}
