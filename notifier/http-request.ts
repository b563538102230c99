import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { startDeadline } from '../lib/deadline.ts';
import { errorMessage } from '../lib/errors.ts';
import { isCertificateError } from './certificates.ts';
import { connectThrough } from './http-proxy.ts';
import { lookupPublic, requirePublicLiteral } from './public-address.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** For the whole exchange. Default 10 s. */
  readonly timeoutMs?: number;
  /** A longer answer is cut off. Default 64 KiB. */
  readonly maxBytes?: number;
  /** Address of an HTTP proxy, which opens a tunnel. */
  readonly proxy?: string | undefined;
  /** Authorities to trust instead of the system's, PEM. */
  readonly ca?: string | undefined;
  /** Refuses loopback, private and link-local addresses, as they resolve at the moment of connecting. */
  readonly publicOnly?: boolean;
}

/** What came back; a failure knows whether the request had left the machine. */
export type HttpReply =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
    }
  | {
      readonly kind: 'failed';
      /** True when all of the request was handed to the network: it may have been acted on. */
      readonly sent: boolean;
      /** True when the other side's certificate or address is not acceptable: waiting will not help. */
      readonly unacceptable: boolean;
      /** Without the address: it may be a secret. */
      readonly detail: string;
    };

/** One request on a connection of its own: no redirects, no proxy from the environment. Never throws. */
export function request(options: HttpRequest): Promise<HttpReply> {
  const deadline = startDeadline(options.timeoutMs ?? 10_000, options.signal);
  return exchange(options, deadline.signal).finally(() => deadline.clear());
}

/** A POST of a value as JSON. */
export function postJson(
  url: string,
  value: unknown,
  options: Pick<HttpRequest, 'signal' | 'proxy' | 'ca' | 'publicOnly' | 'headers'>,
): Promise<HttpReply> {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...options.headers };
  return request({ ...options, headers, method: 'POST', url, body: JSON.stringify(value) });
}

function exchange(options: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
  return new Promise((resolve) => {
    let sent = false;
    const fail = (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const unacceptable = isCertificateError(code) || code === 'ERR_NOT_PUBLIC';
      // An aborted request says only "aborted"; the reason is with the signal.
      const detail = errorMessage(signal.aborted ? signal.reason : error);
      resolve({ kind: 'failed', sent, unacceptable, detail });
    };
    try {
      if (options.publicOnly === true) requirePublicLiteral(options.url);
      const open = options.url.startsWith('https:') ? requestHttps : requestHttp;
      const outgoing = open(options.url, connection(options, signal));
      outgoing.on('finish', () => {
        sent = true;
      });
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => {
        const done = (body: string) =>
          resolve({ kind: 'response', status: incoming.statusCode ?? 0, headers: incoming.headers, body });
        readBody(incoming, options.maxBytes ?? 65_536, done, fail);
      });
      outgoing.end(options.body);
    } catch (error) {
      fail(error);
    }
  });
}

function connection(options: HttpRequest, signal: AbortSignal): RequestOptions {
  const { method, headers, body, ca, proxy, publicOnly } = options;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return {
    method,
    signal,
    headers: { 'user-agent': 'pgfleet', ...headers, ...length },
    ...(ca === undefined ? {} : { ca }),
    ...(publicOnly === true ? { lookup: lookupPublic } : {}),
    ...(proxy === undefined
      ? { agent: false }
      : { createConnection: connectThrough(proxy, options.url, ca) }),
  };
}

function readBody(
  incoming: IncomingMessage,
  maxBytes: number,
  done: (body: string) => void,
  fail: (error: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = () => done(Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'));
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= maxBytes) return;
    finish();
    incoming.destroy();
  });
  incoming.on('end', finish);
  incoming.on('error', fail);
}
