import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postJson, request } from '../../../notifier/http-request.ts';
import { listen, temporaryFolder } from './harness.ts';
import { makeCertificate } from './smtp.ts';

const never = new AbortController().signal;
const open: (Server | TcpServer)[] = [];
let folder: { path: string; remove: () => void };

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
  folder.remove();
});

async function serve(handler: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  open.push(server);
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${await listen(server)}`;
}

async function tcp(onSocket: Parameters<typeof createTcpServer>[1]): Promise<string> {
  const server = createTcpServer(onSocket);
  open.push(server);
  return `http://127.0.0.1:${await listen(server as unknown as Server)}`;
}

describe('request', () => {
  it('sends a body with its length and reads the answer, an error status too', async () => {
    const url = await serve((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { 'content-length': length, 'content-type': type } = incoming.headers;
        outgoing.writeHead(429, { 'retry-after': '7' });
        outgoing.end(JSON.stringify({ length, type, body: Buffer.concat(chunks).toString() }));
      });
    });

    const reply = await postJson(url, { text: '磁盘' }, { signal: never });

    expect(reply).toMatchObject({ kind: 'response', status: 429, headers: { 'retry-after': '7' } });
    expect(reply.kind === 'response' && JSON.parse(reply.body)).toEqual({
      length: '17',
      type: 'application/json; charset=utf-8',
      body: '{"text":"磁盘"}',
    });
  });

  it('knows that nothing was sent to a port nobody listens on', async () => {
    const server = createServer();
    const url = `http://127.0.0.1:${await listen(server)}`;
    await new Promise((resolve) => server.close(resolve));

    expect(await postJson(url, {}, { signal: never })).toMatchObject({
      kind: 'failed',
      sent: false,
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    ['cuts the connection', (destroy: () => void) => destroy(), 'socket hang up'],
    ['never answers', () => undefined, 'the deadline passed'],
  ])('knows that all was sent when the other side %s', async (_name, act, detail) => {
    const url = await tcp((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => act(() => socket.end()));
    });

    const reply = await request({ method: 'POST', url, body: 'x', signal: never, timeoutMs: 500 });

    expect(reply).toMatchObject({ kind: 'failed', sent: true, detail: expect.stringContaining(detail) });
  });

  it('gives up when it is told to', async () => {
    const url = await tcp(() => undefined);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);

    expect(await postJson(url, {}, { signal: controller.signal })).toMatchObject({ kind: 'failed' });
  });

  it('says nothing to a server it cannot verify, unless it is given its authority', async () => {
    const certificate = makeCertificate(folder.path);
    let requests = 0;
    const url = await serve((_incoming, outgoing) => {
      requests += 1;
      outgoing.end('ok');
    }, certificate);

    expect(await postJson(url, {}, { signal: never })).toMatchObject({
      kind: 'failed',
      sent: false,
      unacceptable: true,
    });
    expect(requests).toBe(0);
    expect(await postJson(url, {}, { signal: never, ca: certificate.cert })).toMatchObject({
      status: 200,
      body: 'ok',
    });
  });

  it('does not follow a redirect, and cuts off an endless answer', async () => {
    const url = await serve((incoming, outgoing) => {
      if (incoming.url === '/away') outgoing.writeHead(302, { location: 'http://evil.example/' }).end();
      else outgoing.end('x'.repeat(1_000_000));
    });

    expect(await postJson(`${url}/away`, {}, { signal: never })).toMatchObject({ status: 302 });
    const reply = await postJson(url, {}, { signal: never });
    expect(reply.kind === 'response' && reply.body.length).toBe(65_536);
  });

  it.each(['127.0.0.1', 'localhost'])(
    'keeps away from %s when it may speak to public addresses only',
    async (host) => {
      const url = await serve((_incoming, outgoing) => outgoing.end('reached'));

      const reply = await postJson(url.replace('127.0.0.1', host), {}, { signal: never, publicOnly: true });

      expect(reply).toMatchObject({ kind: 'failed', sent: false, unacceptable: true });
    },
  );
});

describe('request through a proxy', () => {
  async function proxy(asked: string[], refuse = false): Promise<string> {
    const server = createServer();
    server.on('connect', (incoming, socket) => {
      asked.push(incoming.url ?? '');
      if (refuse) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      const [host, port] = (incoming.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    open.push(server);
    return `http://127.0.0.1:${await listen(server)}`;
  }

  it.each([false, true])('tunnels (TLS: %s)', async (secure) => {
    const certificate = makeCertificate(folder.path);
    const url = await serve(
      (_incoming, outgoing) => outgoing.end('through'),
      secure ? certificate : undefined,
    );
    const asked: string[] = [];

    const reply = await postJson(url, {}, { signal: never, proxy: await proxy(asked), ca: certificate.cert });

    expect(reply).toMatchObject({ status: 200, body: 'through' });
    expect(asked).toEqual([new URL(url).host]);
  });

  it('verifies the server behind the proxy', async () => {
    const url = await serve((_incoming, outgoing) => outgoing.end('no'), makeCertificate(folder.path));

    expect(await postJson(url, {}, { signal: never, proxy: await proxy([]) })).toMatchObject({
      kind: 'failed',
      sent: false,
      unacceptable: true,
    });
  });

  it('says what the proxy answered', async () => {
    expect(
      await postJson('https://chat.example/', {}, { signal: never, proxy: await proxy([], true) }),
    ).toMatchObject({
      kind: 'failed',
      sent: false,
      detail: expect.stringContaining('the proxy answered 403'),
    });
  });
});
