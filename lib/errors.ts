/** Every error pgfleet throws on purpose: a stable code for machines, a message for people. */
export type ErrorCode =
  | 'config'
  | 'command'
  | 'timeout'
  | 'connect'
  | 'permission'
  | 'query'
  | 'parse'
  | 'unsupported'
  | 'not_found'
  | 'delivery'
  | 'storage'
  | 'internal';

/**
 * Message rule: what failed, where, what was expected, what was found; never a secret.
 * Always pass the underlying error as `cause`.
 */
export class PgfleetError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PgfleetError';
    this.code = code;
  }
}

/** External text or rows that do not have the promised shape. */
export class ParseError extends PgfleetError {
  constructor(where: string, expected: string, found: string, options?: ErrorOptions) {
    super('parse', `${where}: expected ${expected}, found ${quote(found)}`, options);
    this.name = 'ParseError';
  }
}

/** The stable code of any thrown value; `internal` for what we did not foresee. */
export function errorCode(error: unknown): ErrorCode {
  if (error instanceof PgfleetError) return error.code;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return 'timeout';
  return 'internal';
}

/** The message of any thrown value, with the messages of its causes. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || error.name;
  if (error instanceof AggregateError && !error.message) return error.errors.map(errorMessage).join('; ');
  if (error.cause === undefined) return own;
  const cause = errorMessage(error.cause);
  return own.includes(cause) ? own : `${own}: ${cause}`;
}

function quote(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(short);
}
