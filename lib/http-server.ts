import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { isIP } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { type Address, formatAddress } from './config.ts';
import { errorCode, errorMessage, PgfleetError } from './errors.ts';
import { requireAuth } from './http-auth.ts';
import { type Logger, redactText } from './log.ts';
import type { WebConfig } from './web-config.ts';

export interface HttpServerOptions {
  readonly listen: Address;
  readonly webConfig: WebConfig;
  /** Accepted as a bearer token beside the configured credentials. */
  readonly internalToken?: string;
  readonly log: Logger;
}

export interface HttpServer {
  /** "http://127.0.0.1:9432", with the port that was really taken. */
  readonly url: string;
  readonly port: number;
  /** Takes new credentials and a new certificate without dropping connections. */
  update(webConfig: WebConfig): void;
  /** Stops accepting, lets running requests finish for five seconds, then ends them. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5000;

/**
 * Serves routes behind authentication, with security headers. Refuses to bind a public address without
 * authentication. Throws PgfleetError `config` for that, `connect` for a port that is taken.
 */
export async function startHttpServer(
  options: HttpServerOptions,
  addRoutes: (app: Express) => void,
): Promise<HttpServer> {
  let { webConfig } = options;
  const { listen, log } = options;
  if (!isLoopback(listen.host) && webConfig.users.size === 0 && webConfig.tokens.length === 0) {
    throw new PgfleetError(
      'config',
      `listen ${formatAddress(listen)}: an address other hosts can reach needs authentication; ` +
        'name basic_auth_users or bearer_tokens in web_config_file, or listen on 127.0.0.1',
    );
  }
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  app.use(requireAuth(() => webConfig, options.internalToken));
  addRoutes(app);
  app.use(notFound);
  app.use(failure(log));
  const server = webConfig.tls === undefined ? createServer(app) : createTlsServer(webConfig.tls, app);
  const port = await bind(server, listen);
  const scheme = webConfig.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${formatAddress({ host: listen.host, port })}`,
    port,
    update: (next) => {
      if (next.tls !== undefined && 'setSecureContext' in server) server.setSecureContext(next.tls);
      webConfig = next;
    },
    close: () => closeServer(server),
  };
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set('X-Content-Type-Options', 'nosniff');
  response.set('X-Frame-Options', 'DENY');
  response.set('Referrer-Policy', 'no-referrer');
  next();
};

const notFound: RequestHandler = (request, response) => {
  response.status(404).type('text/plain').send(`No page ${request.path}. Start at /\n`);
};

const HTTP_STATUS: Partial<Record<ReturnType<typeof errorCode>, number>> = {
  not_found: 404,
  config: 400,
  parse: 400,
  timeout: 504,
};

function failure(log: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const code = errorCode(error);
    const status = HTTP_STATUS[code] ?? clientStatus(error) ?? 500;
    if (status >= 500) log.error({ err: error, path: request.path }, 'request failed');
    if (response.headersSent) {
      response.end();
      return;
    }
    const text = status === 500 ? 'Internal error; see the log.' : redactText(errorMessage(error));
    response.status(status).type('text/plain').send(`${text}\n`);
  };
}

/** The status that express and its body parsers put on errors the client caused. */
function clientStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN;
  return status >= 400 && status < 500 ? status : undefined;
}

function bind(server: Server | TlsServer, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const busy = 'code' in error && error.code === 'EADDRINUSE';
      const text = busy
        ? `port ${port} on ${host} is already in use; choose another one with --listen or \`listen:\``
        : `cannot listen on ${formatAddress({ host, port })}`;
      reject(new PgfleetError('connect', text, { cause: error }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : port);
    });
  });
}

function closeServer(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
