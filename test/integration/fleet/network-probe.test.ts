import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { technique } from '../../../exporters/fleet/discovery/network.ts';
import { probeAddress } from '../../../exporters/fleet/network-probe.ts';
import { type AuditEntry, createNetworkScan } from '../../../exporters/fleet/network-scan.ts';
import type { Sighting, Technique } from '../../../exporters/fleet/technique.ts';
import { describeMajors, startTestPostgres, usePostgres } from '../../support/postgres.ts';

const BRACKETS: Readonly<Record<number, { from: number; to: number | undefined }>> = {
  10: { from: 10, to: 11 },
  11: { from: 10, to: 11 },
  12: { from: 12, to: 13 },
  13: { from: 12, to: 13 },
  14: { from: 14, to: 16 },
  15: { from: 14, to: 16 },
  16: { from: 14, to: 16 },
  17: { from: 17, to: 17 },
  18: { from: 18, to: undefined },
};

function probe(port: number, level: 1 | 2, timeoutMs = 3000) {
  const options = { timeoutMs, signal: new AbortController().signal, beforeConnect: async () => undefined };
  return probeAddress({ host: '127.0.0.1', port, level }, options);
}

describeMajors('network probe', (major) => {
  const server = usePostgres({ major });

  it('finds the server and leaves no trace in its log', async () => {
    const before = await readFile(server().logFile, 'utf8');
    const answer = await probe(server().port, 1);
    await sleep(300);

    expect(answer).toEqual({ kind: 'pgwire', majors: undefined, tls: undefined });
    expect((await readFile(server().logFile, 'utf8')).slice(before.length)).toBe('');
  });

  it('tells its version at the price of one line in its log', async () => {
    const before = await readFile(server().logFile, 'utf8');
    const answer = await probe(server().port, 2);
    await sleep(300);

    expect(answer).toEqual({ kind: 'postgresql', majors: BRACKETS[major], tls: undefined });
    const lines = (await readFile(server().logFile, 'utf8')).slice(before.length).trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('unsupported frontend protocol');
  });
});

describe('network probe of a server with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgfleet-tls-'));
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'cert.pem');

  it('reads the certificate, closes cleanly and leaves no trace in the log', async () => {
    const subject = ['-subj', '/CN=db1.example', '-addext', 'subjectAltName=DNS:db1.example,DNS:db1'];
    const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30'];
    execFileSync('openssl', [...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const server = await startTestPostgres({
      major: 15,
      settings: { ssl: true },
      files: { 'server.key': readFileSync(key, 'utf8'), 'server.crt': readFileSync(certificate, 'utf8') },
    });
    try {
      const before = await readFile(server.logFile, 'utf8');
      const answer = await probe(server.port, 1);
      await sleep(300);

      expect(answer?.tls).toMatchObject({
        protocol: 'TLSv1.3',
        subject: 'db1.example',
        names: ['DNS:db1.example', 'DNS:db1'],
      });
      expect(Math.abs((answer?.tls?.validTo ?? 0) - Date.now() - 30 * 86_400_000)).toBeLessThan(86_400_000);
      expect((await readFile(server.logFile, 'utf8')).slice(before.length)).toBe('');
    } finally {
      await server.stop('immediate');
      rmSync(folder, { recursive: true });
    }
  });
});

const listeners: Server[] = [];

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
});

/** A server that does something else, and how often it was contacted. */
async function listen(onConnect: (socket: Socket) => void, host = '127.0.0.1') {
  const seen = { contacts: 0, bytes: '' };
  const listener = createServer((socket) => {
    seen.contacts += 1;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      seen.bytes += chunk.toString('hex');
    });
    onConnect(socket);
  });
  listeners.push(listener);
  await new Promise<void>((resolve) => listener.listen(0, host, resolve));
  return { seen, port: (listener.address() as AddressInfo).port };
}

describe('network probe of something else', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closes at once', (socket) => socket.end()],
    ['resets', (socket) => socket.resetAndDestroy()],
    ['greets first, as MySQL does', (socket) => socket.write('J\0\0\0\n5.7.44-log\0')],
    ['answers HTTP', (socket) => socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    [
      'agrees to TLS and then talks nonsense',
      (socket) => {
        socket.once('data', () => {
          socket.write('S');
          socket.once('data', () => socket.end('nonsense, not TLS'));
        });
      },
    ],
    [
      'sends without end',
      (socket) => {
        socket.write('E\0\0\x10\0');
        const timer = setInterval(() => socket.write('x'.repeat(65_536)), 1);
        socket.on('close', () => clearInterval(timer));
      },
    ],
    ['holds the line', () => undefined],
  ])('that %s ends in time', async (_text, behaviour) => {
    const { port } = await listen(behaviour);
    const started = Date.now();
    const answer = await probe(port, 2, 700);

    // Only one that agrees to TLS has spoken the protocol so far.
    expect(answer?.kind ?? 'nothing').toBe(_text.startsWith('agrees') ? 'pgwire' : 'nothing');
    expect(Date.now() - started).toBeLessThan(3000);
  });

  it('sends eight bytes and no name', async () => {
    const { port, seen } = await listen((socket) => socket.on('data', () => socket.end('N')));
    await probe(port, 1);

    expect(seen.bytes).toBe('0000000804d2162f');
  });
});

describe('network scan', () => {
  const network = (range: string, ports: number[], exclude: string[] = []) => {
    const permission = { permitted_by: 'test', permitted_on: '2026-11-22', i_own_this: false };
    return { range, ports, exclude, level: 1 as const, ...permission };
  };

  async function scan(networks: ReturnType<typeof network>[], rate = 100) {
    const audit: AuditEntry[] = [];
    const config = { networks, rate, timeout: 1 };
    const context = {
      signal: new AbortController().signal,
      now: Date.now,
      machines: [],
      servers: [],
      poolers: [],
      patronis: [],
      hosts: [],
      scan: createNetworkScan(config, { audit: (entry) => audit.push(entry), now: Date.now }),
      gap: () => undefined,
    };
    const sightings: Sighting[] = [];
    for await (const sighting of (technique as Technique).discover(context)) sightings.push(sighting);
    return { sightings, audit };
  }

  it('contacts what is listed and nothing beside it', async () => {
    const inside = await listen((socket) => socket.on('data', () => socket.end('N')), '127.0.0.5');
    const outside = await listen((socket) => socket.on('data', () => socket.end('N')), '127.0.0.8');
    const excluded = await listen((socket) => socket.on('data', () => socket.end('N')), '127.0.0.6');
    const ports = [inside.port, outside.port, excluded.port];
    const { sightings, audit } = await scan([network('127.0.0.4/30', ports, ['127.0.0.6/32'])]);

    expect(sightings).toEqual([
      {
        kind: 'pgwire',
        state: 'running',
        places: [{ host: '127.0.0.5', port: inside.port }],
        majors: undefined,
        details: { tls: 'no' },
      },
    ]);
    expect([inside, outside, excluded].map(({ seen }) => seen.contacts)).toEqual([1, 0, 0]);
    expect(new Set(audit.map(({ host }) => host))).toEqual(new Set(['127.0.0.5']));
    expect(audit).toHaveLength(3);
  });

  it('refuses a target outside its networks, wherever it comes from', async () => {
    const outside = await listen((socket) => socket.end('N'), '127.0.0.9');
    const config = { networks: [network('127.0.0.4/30', [outside.port])], rate: 100, timeout: 1 };
    const scanner = createNetworkScan(config, { audit: () => undefined, now: Date.now });
    const target = { host: '127.0.0.9', port: outside.port, level: 1 as const };

    expect(await scanner.probe(target, new AbortController().signal)).toBeUndefined();
    expect(outside.seen.contacts).toBe(0);
  });

  it('keeps its pace', async () => {
    const started = Date.now();
    const { audit } = await scan([network('127.0.1.0/28', [1])], 20);

    expect(audit).toHaveLength(14);
    expect(Date.now() - started).toBeGreaterThanOrEqual(13 * 50 - 20);
  });

  it('has one connection per host in flight', async () => {
    let open = 0;
    let most = 0;
    const track = (socket: Socket) => {
      open += 1;
      most = Math.max(most, open);
      socket.on('close', () => {
        open -= 1;
      });
      socket.on('data', () => setTimeout(() => socket.end('N'), 100));
    };
    const ports = await Promise.all([1, 2, 3].map(async () => (await listen(track)).port));
    await scan([network('127.0.0.1/32', ports)]);

    expect(most).toBe(1);
  });

  it('stops when asked', async () => {
    const stop = new AbortController();
    const config = { networks: [network('127.0.1.0/24', [1])], rate: 10, timeout: 1 };
    const scanner = createNetworkScan(config, { audit: () => undefined, now: Date.now });
    const context = {
      signal: stop.signal,
      now: Date.now,
      machines: [],
      servers: [],
      poolers: [],
      patronis: [],
      hosts: [],
      scan: scanner,
      gap: () => undefined,
    };
    setTimeout(() => stop.abort(), 300);
    const started = Date.now();
    for await (const _sighting of (technique as Technique).discover(context)) expect.unreachable();

    expect(Date.now() - started).toBeLessThan(3000);
  });
});
