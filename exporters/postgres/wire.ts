import type { EventEmitter } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { errorMessage } from '../../lib/errors.ts';
import { PostgresFailure } from './failure.ts';

/**
 * The parts of `pg` below its documented surface, in one place: what the server reports about itself,
 * protection against a server that sends garbage or without end, and cancelling from outside.
 */

/** What one statement may answer with; a sane collector stays far below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ANSWER_ROWS = 250_000;

interface ConnectionInternals extends EventEmitter {
  readonly stream: Duplex;
  attachListeners(stream: Pick<Duplex, 'on'>): void;
}

interface ClientInternals {
  readonly connectionParameters: { options: string | undefined };
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/** The socket of a client: the TLS one once TLS is up. */
export function socketOf(client: pg.Client): Duplex {
  return internals(client).stream;
}

/** Makes sure no `options` go out: `pg` would take them from PGOPTIONS when we give none. */
export function withoutStartupOptions(client: pg.Client): void {
  clientInternals(client).connectionParameters.options = undefined;
}

/** Calls back for every ParameterStatus message; attach before connecting. */
export function onParameterStatus(client: pg.Client, callback: (name: string, value: string) => void): void {
  internals(client).on('parameterStatus', (message: { parameterName: string; parameterValue: string }) =>
    callback(message.parameterName, message.parameterValue),
  );
}

/**
 * Turns what the protocol parser throws on garbage into a failed connection (it would end this process
 * otherwise), and fails one that sends more than a statement may. Attach before connecting.
 * Returns a function that starts the count anew, for the next statement.
 */
export function guardAnswers(client: pg.Client): () => void {
  const connection = internals(client);
  const attach = connection.attachListeners.bind(connection);
  const fail = (failure: PostgresFailure) => connection.stream.destroy(failure);
  let bytes = 0;
  let rows = 0;
  // Rows that hold next to nothing cost memory and time here all the same; notices come without being asked for.
  const countRow = () => {
    rows += 1;
    if (rows > MAX_ANSWER_ROWS) {
      fail(new PostgresFailure('protocol', `the answer has more than ${MAX_ANSWER_ROWS} rows or notices`));
    }
  };
  connection.on('dataRow', countRow).on('notice', countRow);
  connection.attachListeners = (stream) => {
    const guarded = (parse: (chunk: Buffer) => void) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) {
        fail(new PostgresFailure('protocol', `the answer is longer than ${MAX_ANSWER_BYTES / 2 ** 20} MiB`));
        return;
      }
      try {
        parse(chunk);
      } catch (error) {
        fail(
          new PostgresFailure('protocol', `not PostgreSQL's protocol: ${errorMessage(error)}`, {
            cause: error,
          }),
        );
      }
    };
    const on = (event: string, listener: (chunk: Buffer) => void) =>
      stream.on(event, event === 'data' ? guarded(listener) : listener);
    attach({ on } as unknown as Pick<Duplex, 'on'>);
  };
  return () => {
    bytes = 0;
    rows = 0;
  };
}

const CANCEL_REQUEST = 80_877_102;
const CANCEL_TIMEOUT_MS = 1000;

/**
 * Asks the server to cancel what the client runs, on a socket of its own (never a backend). Used on plain
 * connections only, where the key has travelled openly before. Does not wait and does not fail.
 */
export function requestCancel(client: pg.Client): void {
  const { processID, secretKey } = clientInternals(client);
  if (processID === null || secretKey === null) return;
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const socket = net.connect({ host: client.host, port: client.port, timeout: CANCEL_TIMEOUT_MS });
  const destroy = () => socket.destroy();
  socket.on('error', destroy).on('timeout', destroy).on('data', destroy).on('end', destroy);
  socket.unref();
  socket.end(message);
}

function internals(client: pg.Client): ConnectionInternals {
  return client.connection as unknown as ConnectionInternals;
}

function clientInternals(client: pg.Client): ClientInternals {
  return client as unknown as ClientInternals;
}

const BOOLEAN = pg.types.builtins.BOOL;
const NUMBERS: ReadonlySet<number> = new Set([
  pg.types.builtins.INT2,
  pg.types.builtins.INT4,
  pg.types.builtins.INT8,
  pg.types.builtins.FLOAT4,
  pg.types.builtins.FLOAT8,
  pg.types.builtins.NUMERIC,
]);

/** Numbers as numbers (metrics are float64 anyway), booleans as booleans, everything else as text. */
export const ROW_TYPES = {
  getTypeParser: (oid: number) =>
    NUMBERS.has(oid) ? Number : oid === BOOLEAN ? (text: string) => text === 't' : (text: string) => text,
} as unknown as pg.CustomTypesConfig;
