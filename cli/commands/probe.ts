import { Argument, Command, InvalidArgumentError } from 'commander';
import { configOption } from '../options.ts';

interface Options {
  readonly config: string;
  readonly timeout: number;
  readonly format: 'text' | 'openmetrics';
}

/** `pgfleet probe postgres|host TARGET`: one scrape, printed. */
export function command(): Command {
  return new Command('probe')
    .description('Scrape one target and print the exposition, as Prometheus would get it.')
    .addArgument(new Argument('<kind>', 'what the target is').choices(['postgres', 'host']))
    .argument('<target>', 'its name in pgfleet.yml')
    .addOption(configOption())
    .option('--timeout <seconds>', 'time the target has to answer', seconds, 10)
    .option('--format <format>', 'text or openmetrics', 'text')
    .addHelpText(
      'after',
      `
Ends with code 1 when the target is down; what could be read is printed all the same.

Examples:
  pgfleet probe postgres shop-db
  pgfleet probe host web1 --timeout 30
  pgfleet probe postgres shop-db | promtool check metrics`,
    )
    .action(async (kind: 'postgres' | 'host', target: string, options: Options) => {
      const { printProbe } = await import('../print-probe.ts');
      process.exitCode = await printProbe({ kind, target, ...options });
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number of seconds above 0.');
  return value;
}
