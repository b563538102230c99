#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { errorCode, errorMessage } from '../lib/errors.ts';
import { redactText } from '../lib/log.ts';
import { loadUnits } from '../lib/units.ts';
import { EXIT, EXIT_CODE_HELP, exitCodeOf } from './exit-codes.ts';
import { pgfleetVersion } from './version.ts';

/** Each file of commands/ exports `command`: a function that makes one subcommand. */
type MakeCommand = () => Command;

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('pgfleet')
    .description('Monitoring and alerting for PostgreSQL fleets on ageing hardware.')
    .version(pgfleetVersion(), '-V, --version')
    .showHelpAfterError('(see pgfleet --help)')
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODE_HELP}`);
  const units = await loadUnits<MakeCommand>(new URL('./commands/', import.meta.url), 'command');
  for (const unit of units) program.addCommand(unit.value());
  strict(program);
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    process.stderr.write(`${describeError(error)}\n`);
    return exitCodeOf(error);
  }
}

const EXAMPLES = `
Examples:
  pgfleet up                         everything on this machine; a demo fleet when there is no pgfleet.yml
  pgfleet check                      is the configuration right, can every target be reached and read?
  pgfleet probe postgres shop-db     print what Prometheus would scrape
  pgfleet explain shop-db            which collectors run there, which do not, and why`;

/** Unknown options and missing arguments end with code 2 through the one catch above, at every level. */
function strict(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) strict(child);
}

function describeError(error: unknown): string {
  const message = redactText(errorMessage(error));
  if (errorCode(error) !== 'internal') return message;
  const stack = error instanceof Error ? redactText(error.stack ?? '') : '';
  return `pgfleet failed: ${message}\n${stack}`;
}

// Whoever read us has seen enough, as `| head` has; the work goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv);
