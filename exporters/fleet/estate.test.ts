import { describe, expect, it } from 'vitest';
import type { FoundSighting } from './discover.ts';
import { buildEstate, type EstateInput, type Instance } from './estate.ts';
import { createRegistry, type RegisteredServer } from './registry.ts';

const ID_A = '7710876953460990554';
const ID_B = '7710876953460990555';

function server(
  name: string,
  host: string,
  port: number,
  more: Partial<RegisteredServer> = {},
): RegisteredServer {
  return { name, address: { host, port }, lifecycle: 'in_service', labels: {}, ...more };
}

function seen(technique: string, more: Partial<FoundSighting>): FoundSighting {
  return { technique, kind: 'postgresql', state: 'running', places: [], details: {}, ...more };
}

function estate(
  servers: readonly RegisteredServer[],
  sightings: readonly FoundSighting[],
  more: Partial<EstateInput> = {},
): Instance[] {
  return buildEstate({
    registry: createRegistry({ servers, hosts: [] }),
    sightings,
    localMachine: 'here',
    machineAddresses: new Map([
      ['here', ['10.0.0.1']],
      ['web1', ['10.0.0.5', 'fd00::5']],
    ]),
    resolved: new Map([['db1.example', ['10.0.0.5']]]),
    ...more,
  });
}

function brief(instances: readonly Instance[]): string[] {
  return instances.map(({ label, status, state }) => `${label} ${status} ${state}`);
}

describe('servers that share a port of one machine', () => {
  it('are told apart by their addresses', () => {
    const process = (host: string, directory: string, systemIdentifier: string) =>
      seen('processes', {
        machine: 'here',
        places: [{ host, port: 5432 }],
        dataDirectory: directory,
        directoryIdentity: directory,
        systemIdentifier,
      });

    const instances = estate(
      [server('a', '10.0.0.1', 5432), server('b', '127.0.0.2', 5432, { host: 'here' })],
      [process('10.0.0.1', '/a', ID_A), process('127.0.0.2', '/b', ID_B), process('127.0.0.3', '/c', ID_B)],
    );

    expect(instances.map(({ label, status, dataDirectory }) => [label, status, dataDirectory])).toEqual([
      ['127.0.0.3:5432', 'unregistered', '/c'],
      ['a', 'registered', '/a'],
      ['b', 'registered', '/b'],
    ]);
  });
});

describe('one server seen in many ways', () => {
  const place = (host: string, port = 5432) => [{ host, port }];

  it.each<[string, FoundSighting]>([
    ['on loopback of this machine', seen('network', { places: place('127.0.0.1') })],
    ['on every address of this machine', seen('processes', { machine: 'here', places: place('0.0.0.0') })],
    ['on IPv6 loopback of this machine', seen('processes', { machine: 'here', places: place('::1') })],
    ['at the address of this machine', seen('network', { places: place('10.0.0.1') })],
    ['as localhost', seen('upstreams', { places: place('localhost'), state: 'running' })],
  ])('is the registered one: %s', (_text, sighting) => {
    expect(brief(estate([server('a', '127.0.0.1', 5432)], [sighting]))).toEqual(['a registered running']);
  });

  it.each<[string, RegisteredServer, FoundSighting]>([
    [
      'by a name that resolves',
      server('a', 'db1.example', 5432),
      seen('network', { places: place('10.0.0.5') }),
    ],
    [
      'by a name that resolves, in a process of the machine',
      server('a', 'db1.example', 5432),
      seen('processes', { machine: 'web1', places: place('0.0.0.0') }),
    ],
    [
      'by its host when nothing resolves',
      server('a', 'unknown.example', 5432, { host: 'web1' }),
      seen('processes', { machine: 'web1', places: place('0.0.0.0') }),
    ],
    [
      'by a name of other case',
      server('a', 'DB9.example', 5432),
      seen('foreign-servers', { places: place('db9.EXAMPLE') }),
    ],
  ])('is the registered one on another machine: %s', (_text, entry, sighting) => {
    expect(brief(estate([entry], [sighting]))).toEqual(['a registered running']);
  });

  it('joins by data directory, whatever it is called', () => {
    const sightings = [
      seen('processes', {
        machine: 'here',
        dataDirectory: '/data',
        directoryIdentity: '1:2',
        places: place('127.0.0.1', 5440),
      }),
      seen('data-directories', {
        machine: 'here',
        dataDirectory: '/mnt/x/data',
        directoryIdentity: '1:2',
        state: 'stopped',
      }),
      seen('network', { kind: 'pgwire', places: place('127.0.0.1', 5440) }),
    ];

    expect(estate([], sightings)).toMatchObject([
      {
        label: '127.0.0.1:5440',
        status: 'unregistered',
        state: 'running',
        kind: 'postgresql',
        techniques: ['processes', 'data-directories', 'network'],
      },
    ]);
  });

  it('does not join equal paths in different containers or machines', () => {
    const directory = (machine: string, container?: string) =>
      seen('processes', { machine, container, dataDirectory: '/var/lib/postgresql/data' });

    expect(
      estate([], [directory('here', 'c1'), directory('here', 'c2'), directory('web1'), directory('here')]),
    ).toHaveLength(4);
  });

  it('keeps PgBouncer and the server behind it apart', () => {
    const sightings = [
      seen('processes', { kind: 'pgbouncer', machine: 'here', places: place('0.0.0.0', 6432) }),
      seen('foreign-servers', { state: 'referenced', places: place('127.0.0.1', 6432) }),
      seen('processes', { machine: 'here', places: place('127.0.0.1', 5432) }),
    ];

    expect(
      estate([], sightings)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['pgbouncer', 'postgresql']);
  });
});

describe('status', () => {
  it('is ghost when a server in use was seen by nobody or does not run', () => {
    const servers = [server('a', '10.9.9.9', 1), server('b', '10.9.9.9', 2), server('c', '10.9.9.9', 3)];
    const sightings = [
      seen('known-servers', { server: 'a', places: [{ host: '10.9.9.9', port: 1 }] }),
      seen('foreign-servers', { state: 'referenced', places: [{ host: '10.9.9.9', port: 2 }] }),
    ];

    expect(brief(estate(servers, sightings))).toEqual([
      'b ghost referenced',
      'c ghost declared',
      'a registered running',
    ]);
  });

  it.each(['planned', 'provisioning', 'retired'] as const)(
    'is not ghost for a silent %s server',
    (lifecycle) => {
      expect(brief(estate([server('a', 'x', 1, { lifecycle })], []))).toEqual(['a registered declared']);
    },
  );

  it('names the stopped data directory of a server that does not answer', () => {
    const stopped = (dataDirectory: string, configuredPort: number) =>
      seen('data-directories', { machine: 'here', state: 'stopped', dataDirectory, configuredPort });
    const sightings = [stopped('/a', 5432), stopped('/b', 5433)];

    expect(brief(estate([server('a', '127.0.0.1', 5432)], sightings))).toEqual([
      'here:/b unregistered stopped',
      'a ghost stopped',
    ]);
  });

  it('does not guess between two stopped data directories', () => {
    const stopped = (dataDirectory: string) =>
      seen('data-directories', { machine: 'here', state: 'stopped', dataDirectory, configuredPort: 5432 });

    expect(estate([server('a', '127.0.0.1', 5432)], [stopped('/a'), stopped('/b')])).toHaveLength(3);
  });

  it('tells when one server is declared twice', () => {
    const servers = [server('a', '127.0.0.1', 5432), server('b', '10.0.0.1', 5432)];
    const [only, ...others] = estate(servers, []);

    expect(others).toEqual([]);
    expect(only?.servers.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

describe('identity', () => {
  const running = (port: number, more: Partial<FoundSighting> = {}) =>
    seen('processes', {
      machine: 'here',
      places: [{ host: '127.0.0.1', port }],
      dataDirectory: `/data/${port}`,
      systemIdentifier: ID_A,
      clusterState: 'in production',
      ...more,
    });
  const findings = (instances: readonly Instance[]) =>
    Object.fromEntries(instances.map(({ label, findings: found }) => [label, found.map(({ kind }) => kind)]));

  it('shared by two that take writes is a clone on both', () => {
    expect(findings(estate([], [running(1), running(2), running(3, { systemIdentifier: ID_B })]))).toEqual({
      '127.0.0.1:1': ['clone'],
      '127.0.0.1:2': ['clone'],
      '127.0.0.1:3': [],
    });
  });

  it('shared with a standby is no clone', () => {
    const instances = estate([], [running(1), running(2, { clusterState: 'in archive recovery' })]);

    expect(findings(instances)).toEqual({ '127.0.0.1:1': [], '127.0.0.1:2': [] });
  });

  it('follows the word of the server over an older control file', () => {
    const promoted = seen('known-servers', {
      role: 'standby',
      places: [{ host: '127.0.0.1', port: 2 }],
      systemIdentifier: ID_A,
    });

    expect(findings(estate([], [running(1), running(2), promoted]))).toEqual({
      '127.0.0.1:1': [],
      '127.0.0.1:2': [],
    });
  });

  it('shared with a stopped directory on the same machine is a copy, on another machine none', () => {
    const stopped = (machine: string) =>
      seen('data-directories', { machine, state: 'stopped', dataDirectory: '/old', systemIdentifier: ID_A });
    const instances = estate([], [running(1), stopped('here'), stopped('web1')]);

    expect(findings(instances)).toEqual({
      '127.0.0.1:1': ['copy'],
      'here:/old': ['copy', 'stopped'],
      'web1:/old': ['stopped'],
    });
  });
});

describe('standby without a port', () => {
  const primary = seen('known-servers', {
    server: 'p',
    role: 'primary',
    systemIdentifier: ID_A,
    places: [{ host: '10.0.0.5', port: 5432 }],
  });
  const streams = (host: string) =>
    seen('standbys', {
      state: 'referenced',
      role: 'standby',
      places: [{ host, port: undefined }],
      details: { referenced_by: 'p' },
    });

  it('is the server on that machine that follows the same identity', () => {
    const standby = seen('processes', {
      machine: 'here',
      places: [{ host: '0.0.0.0', port: 5433 }],
      systemIdentifier: ID_A,
      clusterState: 'in archive recovery',
    });
    const instances = estate([server('p', '10.0.0.5', 5432)], [primary, standby, streams('10.0.0.1')]);

    expect(instances).toHaveLength(2);
    expect(instances[0]).toMatchObject({
      status: 'unregistered',
      techniques: ['processes', 'standbys'],
      role: 'standby',
    });
  });

  it('is an unknown server elsewhere', () => {
    const instances = estate([server('p', '10.0.0.5', 5432)], [primary, streams('10.7.7.7')]);

    expect(brief(instances)).toEqual(['10.7.7.7 unregistered referenced', 'p registered running']);
  });
});
