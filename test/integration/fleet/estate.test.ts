import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresServer } from '../../../cli/demo/embedded-postgres.ts';
import { freePort } from '../../../cli/demo/free-port.ts';
import { startStandby } from '../../../cli/demo/postgres-standby.ts';
import { loadTechniques } from '../../../exporters/fleet/discover.ts';
import { type Discovery, discoverEstate } from '../../../exporters/fleet/discoverer.ts';
import type { Instance } from '../../../exporters/fleet/estate.ts';
import { localAddresses, localMachine } from '../../../exporters/fleet/local-machine.ts';
import { createNetworkScan } from '../../../exporters/fleet/network-scan.ts';
import { createRegistry, type RegisteredServer } from '../../../exporters/fleet/registry.ts';
import type { KnownPooler, KnownServer, RemoteHost } from '../../../exporters/fleet/technique.ts';
import { findServers } from '../../../exporters/host/find-servers.ts';
import { PgfleetError } from '../../../lib/errors.ts';
import { notice } from '../../support/notice.ts';
import { findPgbouncer, startPgbouncer, type TestPgbouncer } from '../../support/pgbouncer.ts';
import { startTestPostgres } from '../../support/postgres.ts';
import { watch } from '../postgres/scrape.ts';

/**
 * An estate as it grows where nobody keeps a list: a primary with a declared and an undeclared standby, a
 * server whose data directory was copied and started twice, a forgotten stopped one, one on an odd port that
 * another reaches through a foreign server, PgBouncer in front, and an entry for a server that is gone.
 */
const pgbouncerProgram = findPgbouncer();
if (pgbouncerProgram === undefined) notice('discovery of PgBouncer', 'no pgbouncer on this machine');

let primary: PostgresServer;
let standby: PostgresServer;
let secretStandby: PostgresServer;
let original: PostgresServer;
let clone: PostgresServer;
let forgotten: PostgresServer;
let odd: PostgresServer;
let bouncer: TestPgbouncer | undefined;
let ghostPort: number;
let found: Discovery;
const running: PostgresServer[] = [];
const folders: string[] = [];

async function keep(server: Promise<PostgresServer>): Promise<PostgresServer> {
  const started = await server;
  running.push(started);
  folders.push(started.home);
  return started;
}

/** The data directory of a stopped server, copied and started beside it. */
async function startCopy(of: PostgresServer): Promise<PostgresServer> {
  const home = `${of.home}-clone`;
  execFileSync('cp', ['-a', of.home, home]);
  return keep(startTestPostgres({ major: of.major, home }));
}

beforeAll(async () => {
  const home = (name: string) => {
    const folder = mkdtempSync(join(tmpdir(), `pgfleet-${name}-`));
    folders.push(folder);
    return folder;
  };
  primary = await keep(startTestPostgres({ major: 15, settings: { max_wal_senders: 5 } }));
  standby = await keep(startStandby(primary, { applicationName: 'declared' }));
  secretStandby = await keep(startStandby(primary, { applicationName: 'undeclared' }));
  original = await keep(startTestPostgres({ major: 13, home: home('original') }));
  await original.stop('fast');
  clone = await startCopy(original);
  await original.start();
  forgotten = await keep(startTestPostgres({ major: 12, home: home('forgotten') }));
  await forgotten.stop('fast');
  odd = await keep(startTestPostgres({ major: 18 }));
  ghostPort = await freePort();
  await primary.query('create database app');
  // The wrapper alone: the packages ship no extensions, and an edge is what the catalog says.
  await primary.query('create foreign data wrapper postgres_fdw', [], 'app');
  await primary.query(
    `create server elsewhere foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${odd.port}')`,
    [],
    'app',
  );
  await primary.query(
    `create subscription feed connection 'host=10.77.0.9 port=5555 password=hunter2' publication p with (connect = false)`,
  );
  if (pgbouncerProgram !== undefined) {
    bouncer = await startPgbouncer(pgbouncerProgram, [`shop = host=127.0.0.1 port=${primary.port}`]);
  }
  found = await look();
});

afterAll(async () => {
  await bouncer?.stop();
  for (const server of running.reverse()) await server.stop('immediate');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function registered(name: string, port: number, more: Partial<RegisteredServer> = {}): RegisteredServer {
  return { name, address: { host: '127.0.0.1', port }, lifecycle: 'in_service', labels: {}, ...more };
}

function known(name: string, server: PostgresServer): KnownServer {
  return {
    name,
    place: { host: server.host, port: server.port },
    query: async (sql, database) => {
      const client = new pg.Client(server.connection(database));
      try {
        await client.connect();
        return (await client.query(sql)).rows;
      } catch (error) {
        throw new PgfleetError('query', `${name}: ${String(error)}`, { cause: error });
      } finally {
        await client.end();
      }
    },
  };
}

function pooler(name: string, { port }: TestPgbouncer): KnownPooler {
  const show = async (command: string) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'pgbouncer' });
    await client.connect();
    try {
      return (await client.query(command)).rows;
    } finally {
      await client.end();
    }
  };
  return { name, place: { host: '127.0.0.1', port }, show };
}

/** This machine again, as capture.sh sees it: declared hosts are looked at that way, over ssh. */
function remoteHost(): RemoteHost {
  const entry = { name: 'this', transport: 'local' } as const;
  const look = (signal: AbortSignal) => findServers(entry, { hosts: [entry] }, signal);
  return { name: 'this', address: undefined, look };
}

async function look(): Promise<Discovery> {
  const ports = [odd.port, primary.port, bouncer?.port].filter((port) => port !== undefined);
  const permission = { permitted_by: 'test', permitted_on: '2026-11-22', i_own_this: false };
  const networks = [{ range: '127.0.0.1/32', ports, exclude: [], level: 2 as const, ...permission }];
  return discoverEstate({
    registry: createRegistry({
      servers: [
        registered('shop', primary.port),
        registered('shop-standby', standby.port),
        registered('hr', original.port),
        registered('gone', ghostPort),
        ...(bouncer === undefined ? [] : [registered('pool', bouncer.port)]),
      ],
      hosts: [],
    }),
    techniques: await loadTechniques(),
    machines: [
      {
        machine: localMachine(
          'this',
          folders.map((folder) => `${folder}/data`),
        ),
        addresses: localAddresses(),
      },
    ],
    servers: [known('shop', primary), known('shop-standby', standby), known('hr', original)],
    poolers: bouncer === undefined ? [] : [pooler('pool', bouncer)],
    patronis: [],
    hosts: [remoteHost()],
    scan: createNetworkScan({ networks, rate: 100, timeout: 2 }, { audit: () => undefined, now: Date.now }),
    signal: new AbortController().signal,
    now: Date.now,
  });
}

/** The instance on a port, or of a data directory. */
function at(where: number | string): Instance {
  const matching = found.instances.filter(
    ({ addresses, dataDirectory }) =>
      dataDirectory === where || addresses.some((text) => text.endsWith(`:${where}`)),
  );
  const [only] = matching;
  if (only === undefined || matching.length > 1) throw new Error(`${matching.length} instances at ${where}`);
  return only;
}

describe('discovery on a real estate', () => {
  it('joins what every technique saw of a registered server', () => {
    expect(at(primary.port)).toMatchObject({
      label: 'shop',
      status: 'registered',
      state: 'running',
      kind: 'postgresql',
      role: 'primary',
      majors: { from: 15, to: 15 },
      dataDirectory: primary.dataDir,
      findings: [],
    });
    const ways = ['data-directories', 'known-servers', 'network', 'processes', 'remote-hosts', 'upstreams'];
    if (bouncer !== undefined) ways.push('pgbouncer-databases');
    expect([...at(primary.port).techniques].sort()).toEqual(ways.sort());
  });

  it('knows the declared standby and finds the other one', () => {
    expect(at(standby.port)).toMatchObject({
      label: 'shop-standby',
      status: 'registered',
      role: 'standby',
      findings: [],
    });
    expect(at(secretStandby.port)).toMatchObject({
      status: 'unregistered',
      state: 'running',
      role: 'standby',
      systemIdentifier: at(primary.port).systemIdentifier,
      findings: [],
    });
    expect(at(secretStandby.port).techniques).toContain('standbys');
  });

  it('raises the alarm on a data directory that was started twice', () => {
    expect(at(original.port).findings).toEqual([{ kind: 'clone', others: [`127.0.0.1:${clone.port}`] }]);
    expect(at(clone.port)).toMatchObject({
      status: 'unregistered',
      findings: [{ kind: 'clone', others: ['hr'] }],
    });
  });

  it('finds the forgotten data directory, with its identity and version', () => {
    expect(at(forgotten.dataDir)).toMatchObject({
      status: 'unregistered',
      state: 'stopped',
      majors: { from: 12, to: 12 },
      clusterState: 'shut down',
      techniques: ['data-directories'],
      findings: [{ kind: 'stopped' }],
    });
    expect(at(forgotten.dataDir).systemIdentifier).toMatch(/^\d{19}$/);
  });

  it('finds the server on an odd port by three ways', () => {
    expect(at(odd.port)).toMatchObject({ status: 'unregistered', state: 'running', kind: 'postgresql' });
    for (const technique of ['processes', 'network', 'foreign-servers']) {
      expect(at(odd.port).techniques).toContain(technique);
    }
    expect(at(odd.port).details['edge']).toBe('is foreign server elsewhere of its database app');
  });

  it('finds the publisher of a subscription and none of its password', () => {
    expect(at(5555)).toMatchObject({ label: '10.77.0.9:5555', status: 'unregistered', state: 'referenced' });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  it('names the entry that nobody answers to', () => {
    expect(at(ghostPort)).toMatchObject({
      label: 'gone',
      status: 'ghost',
      state: 'declared',
      techniques: [],
    });
  });

  it.skipIf(pgbouncerProgram === undefined)('tells PgBouncer from PostgreSQL', () => {
    expect(at(bouncer?.port ?? 0)).toMatchObject({
      kind: 'pgbouncer',
      label: 'pool',
      status: 'registered',
      state: 'running',
    });
    expect([...at(bouncer?.port ?? 0).techniques].sort()).toEqual([
      'network',
      'pgbouncer-databases',
      'processes',
    ]);
  });

  it('tells which of them trust whoever comes, by their own pg_hba.conf', async () => {
    const server = await watch(odd);
    try {
      const trusting = (await server.probe()).all('pgfleet_postgres_hba_lines', { method: 'trust' });

      expect(trusting.map(({ labels }) => labels['reach'])).toContain('loopback');
    } finally {
      await server.close();
    }
  });

  it('finishes every technique', () => {
    expect(found.runs.filter(({ error }) => error !== undefined)).toEqual([]);
    // Seconds on a machine of its own; what is caught here is waiting for something that never answers.
    expect(found.endedAt - found.startedAt).toBeLessThan(60_000);
  });
});
