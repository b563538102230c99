import { Command } from 'commander';
import { configOption } from '../options.ts';

/** `pgfleet explain TARGET`: which collectors run there and why. */
export function command(): Command {
  return new Command('explain')
    .description('Tell which collectors run on a target, which do not and why, and what they read.')
    .argument('<target>', 'name of a server or host in pgfleet.yml')
    .addOption(configOption())
    .option('--json', 'machine-readable output', false)
    .option('--sql', 'print the whole SQL or sections of every collector', false)
    .addHelpText(
      'after',
      `
Examples:
  pgfleet explain shop-db
  pgfleet explain shop-db --sql
  pgfleet explain web1 --json | jq '.collectors[] | select(.chosen | not)'`,
    )
    .action(async (target: string, options: { config: string; json: boolean; sql: boolean }) => {
      const { printExplanation } = await import('../print-explanation.ts');
      process.exitCode = await printExplanation({ target, ...options });
    });
}
