import { type ErrorCode, PgfleetError } from '../../lib/errors.ts';

/** Why a host gave no capture; the value of the `reason` label. */
export type HostErrorReason =
  | 'resolve'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'host_key'
  | 'algorithms'
  | 'auth'
  | 'lost'
  | 'command'
  | 'format'
  | 'file'
  | 'internal';

const CODES: Readonly<Record<HostErrorReason, ErrorCode>> = {
  resolve: 'connect',
  refused: 'connect',
  unreachable: 'connect',
  timeout: 'timeout',
  host_key: 'permission',
  algorithms: 'connect',
  auth: 'permission',
  lost: 'connect',
  command: 'command',
  format: 'parse',
  file: 'command',
  internal: 'internal',
};

/** A capture that could not be had. */
export class HostError extends PgfleetError {
  readonly reason: HostErrorReason;

  constructor(reason: HostErrorReason, message: string, options?: ErrorOptions) {
    super(CODES[reason], message, options);
    this.name = 'HostError';
    this.reason = reason;
  }
}

/** The reason of any thrown value. */
export function hostErrorReason(error: unknown): HostErrorReason {
  if (error instanceof HostError) return error.reason;
  return error instanceof PgfleetError && error.code === 'timeout' ? 'timeout' : 'internal';
}

/** A local file that is needed to reach a host and cannot be read: what it is, where, and why. */
export function unreadable(reason: HostErrorReason, what: string, file: string, error: unknown): HostError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new HostError(reason, `${what} ${file}: cannot be read (${code})`, { cause: error });
}
