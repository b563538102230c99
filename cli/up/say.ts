import process from 'node:process';

// A terminal that was closed must not end us half-way through stopping.
process.stdout.on('error', () => undefined);

/** Speaks to the person at the terminal; the log goes to files. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
