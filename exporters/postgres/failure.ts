import pg from 'pg';
import { type ErrorCode, errorMessage, PgfleetError } from '../../lib/errors.ts';

/** Why a server cannot be observed; the value of the `reason` label of `pgfleet_postgres_error`. */
export type FailureReason =
  | 'connect'
  | 'timeout'
  | 'tls'
  | 'authentication'
  | 'too_many_connections'
  | 'starting_up'
  | 'shutting_down'
  | 'no_database'
  | 'protocol'
  | 'permission'
  | 'lock'
  | 'query';

/** Any failure of a server or a statement: `code` for the collector metrics, `reason` for the server. */
export class PostgresFailure extends PgfleetError {
  readonly reason: FailureReason;
  /** SQLSTATE, when the server itself said so. */
  readonly sqlState: string | undefined;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions & { sqlState?: string }) {
    super(CODES[reason], message, options);
    this.name = 'PostgresFailure';
    this.reason = reason;
    this.sqlState = options?.sqlState;
  }
}

const CODES: Readonly<Record<FailureReason, ErrorCode>> = {
  connect: 'connect',
  timeout: 'timeout',
  tls: 'connect',
  authentication: 'permission',
  too_many_connections: 'connect',
  starting_up: 'connect',
  shutting_down: 'connect',
  no_database: 'connect',
  protocol: 'parse',
  permission: 'permission',
  lock: 'timeout',
  query: 'query',
};

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQL_STATES: Readonly<Record<string, FailureReason>> = {
  '28000': 'authentication',
  '28P01': 'authentication',
  '53300': 'too_many_connections',
  '57P03': 'starting_up',
  '57P01': 'shutting_down',
  '57P02': 'shutting_down',
  '57P04': 'no_database',
  '3D000': 'no_database',
  '08P01': 'protocol',
  '42501': 'permission',
  '57014': 'timeout',
  '57P05': 'timeout',
  '25P03': 'timeout',
  '55P03': 'lock',
};

/** The server ended the session: somebody terminated it, dropped its database, or a time limit of sessions was over. */
const SESSION_ENDED: ReadonlySet<string> = new Set(['57P01', '57P02', '57P04', '57P05', '25P03']);

/** Whether nothing more will come over the connection that failed so. */
export function endsSession({ sqlState }: PostgresFailure): boolean {
  return sqlState !== undefined && SESSION_ENDED.has(sqlState);
}

/** Turns whatever `pg`, the socket or TLS threw into a failure. `doing` starts the message: "connecting to db1:5432". */
export function classify(error: unknown, doing: string): PostgresFailure {
  if (error instanceof PostgresFailure) return error;
  if (error instanceof pg.DatabaseError && error.code !== undefined) {
    return new PostgresFailure(databaseReason(error), `${doing}: ${error.message} (${error.code})`, {
      cause: error,
      sqlState: error.code,
    });
  }
  return new PostgresFailure(clientReason(error), `${doing}: ${errorMessage(error)}`, { cause: error });
}

function databaseReason(error: pg.DatabaseError): FailureReason {
  if (error.code === '57P03' && /shutting down/.test(error.message)) return 'shutting_down';
  return SQL_STATES[error.code ?? ''] ?? 'query';
}

function clientReason(error: unknown): FailureReason {
  if (error instanceof PgfleetError) {
    if (error.code === 'timeout') return 'timeout';
    if (error.code === 'permission') return 'authentication';
    if (error.code === 'parse') return 'protocol';
  }
  const { code, message } = codeAndMessage(error);
  if (code === 'ETIMEDOUT' || message === 'timeout expired') return 'timeout';
  if (
    /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/.test(code)
  )
    return 'tls';
  if (/SSL/.test(message)) return 'tls';
  if (/SASL|SCRAM|password/i.test(message)) return 'authentication';
  return /unexpected .* message|invalid response/.test(message) ? 'protocol' : 'connect';
}

function codeAndMessage(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}
