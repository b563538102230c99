import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Catalog } from '../../../catalog/catalog.ts';
import { errorMessage, PgfleetError } from '../../../lib/errors.ts';
import type { Job } from '../../../lib/run-collectors.ts';
import type { PatroniAddress } from '../config.ts';
import { collector, patroniSamples } from './patroni.ts';

/** A status document has a few kilobytes, also with many standbys. */
const MAX_BYTES = 1024 * 1024;

type Path = '/patroni' | '/cluster';

/** What is asked, for people. */
export function patroniUrl({ host, port, tls }: PatroniAddress, path: Path = '/patroni'): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'https' : 'http'}://${name}:${port}${path}`;
}

/** Asks the REST API in each scrape; beside the connection, as Patroni answers when PostgreSQL does not. */
export function patroniJob(address: PatroniAddress, catalog: Catalog): Job {
  return {
    collector,
    collect: async (run) =>
      run.emit(patroniSamples(await askPatroni(address, '/patroni', run.signal), catalog)),
  };
}

/** Throws PgfleetError `connect` when there is no answer, `parse` when it is none of Patroni's. */
export async function askPatroni(address: PatroniAddress, path: Path, signal: AbortSignal): Promise<string> {
  const url = patroniUrl(address, path);
  try {
    return await read(await send(address, path, signal), path);
  } catch (error) {
    if (error instanceof PgfleetError) throw error;
    throw new PgfleetError(signal.aborted ? 'timeout' : 'connect', `GET ${url}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

function send(address: PatroniAddress, path: Path, signal: AbortSignal): Promise<IncomingMessage> {
  const { host, port, tls, sslrootcert, sslcert, sslkey } = address;
  const common: RequestOptions = { host, port, path, signal, agent: false };
  return new Promise((resolve, reject) => {
    const request = tls
      ? httpsRequest({ ...common, ca: file(sslrootcert), cert: file(sslcert), key: file(sslkey) })
      : httpRequest(common);
    request.once('response', resolve).once('error', reject).end();
  });
}

/** Read anew, so that a renewed certificate is taken. */
function file(path: string | undefined): Buffer | undefined {
  return path === undefined ? undefined : readFileSync(path);
}

async function read(response: IncomingMessage, path: Path): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) {
      response.destroy();
      throw new PgfleetError('parse', `GET ${path}: the answer is longer than ${MAX_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const { statusCode = 0 } = response;
  // 503 with the document is what versions before 2.0 say of a node that is not the leader.
  if (statusCode !== 200 && statusCode !== 503)
    throw new PgfleetError('parse', `GET ${path}: expected status 200, found ${statusCode}`);
  return Buffer.concat(chunks).toString('utf8');
}
