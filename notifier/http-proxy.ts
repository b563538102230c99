import { request } from 'node:http';
import type { RequestOptions } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PgfleetError } from '../lib/errors.ts';

/** A `createConnection` that asks an HTTP proxy for a tunnel (CONNECT) and speaks TLS through it when the target does. */
export function connectThrough(
  proxy: string,
  target: string,
  ca: string | undefined,
): NonNullable<RequestOptions['createConnection']> {
  return (options, callback) => {
    const { protocol, hostname, port } = new URL(target);
    const secure = protocol === 'https:';
    const authority = `${hostname}:${port || (secure ? 443 : 80)}`;
    // The type wants a socket even beside an error.
    const fail = (error: Error) => callback?.(error, undefined as unknown as Socket);
    const ask = request(proxy, { method: 'CONNECT', path: authority, agent: false, signal: options.signal });
    ask.on('error', fail);
    ask.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(new PgfleetError('connect', `the proxy answered ${response.statusCode} to CONNECT`));
        return;
      }
      if (!secure) {
        callback?.(null, socket);
        return;
      }
      // A numeric address cannot be named in TLS, but is verified all the same.
      const name = isIP(hostname) === 0 ? { servername: hostname } : {};
      const encrypted = connectTls({ socket, host: hostname, ...name, ...(ca === undefined ? {} : { ca }) });
      encrypted.once('error', fail);
      encrypted.once('secureConnect', () => {
        encrypted.off('error', fail);
        callback?.(null, encrypted);
      });
    });
    ask.end();
    return undefined;
  };
}
