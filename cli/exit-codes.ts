import { errorCode } from '../lib/errors.ts';

/** Exit codes of every subcommand, printed by `pgfleet --help`. */
export const EXIT = {
  ok: 0,
  /** The command ran and what it looked at is not well: a target down, a check failed. */
  unwell: 1,
  /** Wrong usage or configuration; nothing was done. */
  usage: 2,
  /** pgfleet itself failed. */
  internal: 3,
} as const;

export const EXIT_CODE_HELP = `
Exit codes:
  0  done, all well
  1  done, and something looked at is not well (a target is down, a check failed)
  2  wrong usage or configuration; nothing was done
  3  pgfleet itself failed`;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  switch (errorCode(error)) {
    case 'config':
    case 'not_found':
      return EXIT.usage;
    case 'internal':
      return EXIT.internal;
    default:
      return EXIT.unwell;
  }
}
