import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from 'pino';
import { errorCode, errorMessage } from './errors.ts';

/** JSON lines; the message is static and the data lies in the object: `log.warn({ host, err }, 'probe failed')`. */
export type Logger = PinoLogger;

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SECRET_KEYS = ['password', 'token', 'secret', 'authorization', 'dsn', 'connectionString', 'cookie'];

/** `user:password@` in a URL and `password=` in a connection string, wherever they appear in a text. */
const SECRET_IN_TEXT = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, '$1[redacted]@'],
  [/\b((?:password|access_token|secret|sign|key|token)=)[^\s&'"]+/gi, '$1[redacted]'],
] as const;

/** Takes credentials out of any text that goes to a log, a metric label or a page. */
export function redactText(text: string): string {
  return SECRET_IN_TEXT.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** A logger that writes to stdout unless given another destination. */
export function createLogger(
  options: { name: string; level: LogLevel },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      serializers: { err: serializeError },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  );
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = errorCode(error);
  const message = redactText(errorMessage(error));
  return code === 'internal'
    ? { code, message, stack: redactText(stdSerializers.err(error).stack) }
    : { code, message };
}
