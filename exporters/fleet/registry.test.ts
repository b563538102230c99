import { describe, expect, it } from 'vitest';
import { createRegistry, type RegisteredHost, type RegisteredServer } from './registry.ts';
import { hostTargets, postgresTargets } from './service-discovery.ts';

const base = { lifecycle: 'in_service', labels: {} } as const;

function server(name: string, more: Partial<RegisteredServer> = {}): RegisteredServer {
  return { name, address: { host: 'db.example', port: 5432 }, ...base, ...more };
}

function host(name: string, more: Partial<RegisteredHost> = {}): RegisteredHost {
  return { name, transport: 'ssh', ...base, ...more };
}

describe('registry', () => {
  it('finds entries by name and servers by host', () => {
    const registry = createRegistry({
      servers: [server('a', { host: 'h' }), server('b')],
      hosts: [host('h')],
    });

    expect(registry.server('a')?.host).toBe('h');
    expect(registry.host('h')?.name).toBe('h');
    expect(registry.server('h')).toBeUndefined();
    expect(registry.serversOn('h').map(({ name }) => name)).toEqual(['a']);
  });

  it('gives a server the site of its host unless it declares one', () => {
    const { servers } = createRegistry({
      servers: [server('a', { host: 'h' }), server('b', { host: 'h', site: 'dr' }), server('c')],
      hosts: [host('h', { site: 'hq' })],
    });

    expect(servers.map(({ site }) => site)).toEqual(['hq', 'dr', undefined]);
  });
});

describe('service discovery', () => {
  it('announces servers by registry name, labelled with what is declared', () => {
    const address = { host: '::1', port: 5433 };
    const declared = {
      address,
      host: 'h',
      cluster: 'shop',
      env: 'prod',
      owner: '甲组',
      labels: { rack: 'r4' },
    };
    const registry = createRegistry({ servers: [server('shop-db', declared)], hosts: [host('h')] });

    expect(postgresTargets(registry)).toEqual([
      {
        targets: ['shop-db'],
        labels: {
          instance: '[::1]:5433',
          host: 'h',
          cluster: 'shop',
          env: 'prod',
          owner: '甲组',
          rack: 'r4',
        },
      },
    ]);
  });

  it('announces hosts by registry name', () => {
    const registry = createRegistry({ servers: [], hosts: [host('web1', { site: 'hq' })] });

    expect(hostTargets(registry)).toEqual([
      { targets: ['web1'], labels: { instance: 'web1', host: 'web1', site: 'hq' } },
    ]);
  });

  it('leaves planned entries out and keeps retired ones in sight', () => {
    const servers = [server('new', { lifecycle: 'planned' }), server('old', { lifecycle: 'retired' })];
    const registry = createRegistry({ servers, hosts: [host('new', { lifecycle: 'planned' })] });

    expect(postgresTargets(registry).map(({ targets }) => targets[0])).toEqual(['old']);
    expect(hostTargets(registry)).toEqual([]);
  });
});
