import { appendFileSync } from 'node:fs';
import process from 'node:process';

/**
 * Tells the person who ran the tests that a group was skipped and why: `npm test` prints it in its
 * closing summary. Under plain vitest, which has no such summary, it goes to standard error.
 */
export function notice(group: string, reason: string): void {
  const file = process.env['PGFLEET_TEST_NOTICES'];
  const line = `${group}: ${reason}\n`;
  if (file === undefined) process.stderr.write(`skipped: ${line}`);
  else appendFileSync(file, line);
}
