import { request } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { PgfleetError } from '../../lib/errors.ts';
import { localFiles } from './machine-files.ts';
import type { Machine } from './technique.ts';

const API_TIMEOUT_MS = 5000;
const MAX_API_BYTES = 16_000_000;

/** This machine, as far as its user may look. `name`: what the registry calls it, when it is declared. */
export function localMachine(name: string | undefined, dataDirectories: readonly string[]): Machine {
  return { name: name ?? hostname(), files: localFiles(), containerApi: askSocket, dataDirectories };
}

/** Addresses of this machine other than loopback. */
export function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((faces) =>
    (faces ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
}

/** GET over a Unix socket; undefined when there is none. Throws PgfleetError when it is there and fails. */
export function askSocket(socketPath: string, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(
        new PgfleetError(forbidden(cause) ? 'permission' : 'connect', `${socketPath}: no answer`, { cause }),
      );
    const asked = request({ socketPath, path, timeout: API_TIMEOUT_MS, headers: { Host: 'localhost' } });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${API_TIMEOUT_MS} ms`)));
    asked.once('error', (error) => (absent(error) ? resolve(undefined) : fail(error)));
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_API_BYTES) response.destroy(new Error(`more than ${MAX_API_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else fail(new Error(`HTTP status ${response.statusCode}`));
      });
    });
    asked.end();
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** No socket file, or one that nobody listens on any more. */
function absent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(codeOf(error));
}

function forbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(codeOf(error));
}
