import { createLogger, type Logger } from '../lib/log.ts';

/** Commands that print for people keep the JSON log off their output. */
export function commandLog(): Logger {
  return createLogger({ name: 'pgfleet', level: 'silent' });
}
