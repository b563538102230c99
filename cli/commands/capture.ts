import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { TIERS } from '../../exporters/host/host-collector.ts';
import { configOption } from '../options.ts';

interface Options {
  readonly config: string;
  readonly tier: readonly string[];
  readonly timeout: number;
  readonly script: boolean;
}

/** `pgfleet capture`: everything a machine tells about itself, as one file. */
export function command(): Command {
  return new Command('capture')
    .description('Print what a machine tells about itself, to be read on another one.')
    .addArgument(new Argument('[name]', 'a host of pgfleet.yml; without it, this machine'))
    .addOption(configOption())
    .addOption(
      new Option('--tier <tiers...>', 'what to read')
        .default(['all'], 'all of them')
        .choices(['all', ...TIERS]),
    )
    .option('--timeout <seconds>', 'time the machine has; what is not read by then is left out', seconds, 300)
    .option('--script', 'print the shell script itself, for a machine without pgfleet', false)
    .addHelpText(
      'after',
      `
For a machine that no network leads to: make the file there, carry it here and name it in pgfleet.yml
(transport: capture). The file holds no serial number of the system, no password and no data of PostgreSQL.
Ends with code 1 when the capture is incomplete; what there is is printed all the same.

Examples:
  pgfleet capture > host.cap
  pgfleet capture db1 --tier fast > db1.cap
  pgfleet capture --script > capture.sh      then, there: sh capture.sh -b 300 all > host.cap`,
    )
    .action(async (name: string | undefined, options: Options) => {
      const { printCapture } = await import('../print-capture.ts');
      process.exitCode = await printCapture({ name, ...options });
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1)) throw new InvalidArgumentError('Expected a number of seconds, 1 or more.');
  return value;
}
