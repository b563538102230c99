import { describe, expect, it } from 'vitest';
import { createRegistry, type RegisteredHost, type RegisteredServer } from './registry.ts';
import { lintRegistry } from './registry-lint.ts';

const complete = { lifecycle: 'in_service', labels: {}, owner: 'team-a' } as const;

function server(name: string, more: Partial<RegisteredServer> = {}): RegisteredServer {
  return {
    name,
    address: { host: name, port: 5432 },
    app: 'x',
    env: 'prod',
    host: 'h',
    ...complete,
    ...more,
  };
}

function host(name: string, more: Partial<RegisteredHost> = {}): RegisteredHost {
  return { name, transport: 'ssh', ...complete, ...more };
}

function lint(servers: RegisteredServer[], hosts: RegisteredHost[] = [host('h')]): string[] {
  return lintRegistry(createRegistry({ servers, hosts }), '2026-11-22').map(
    ({ section, index, rule, message }) => `${section}[${index}] ${rule}: ${message}`,
  );
}

describe('registry lint', () => {
  it('has nothing to say about a complete registry', () => {
    const cluster = { cluster: 'shop' };

    expect(
      lint([server('a', cluster), server('b', cluster)], [host('h', { warranty_until: '2026-11-22' })]),
    ).toEqual([]);
  });

  it.each<[string, RegisteredServer[], RegisteredHost[] | undefined, string]>([
    ['no owner', [server('a', { owner: undefined })], undefined, 'servers[0] ownerless'],
    ['no owner of a host', [], [host('h', { owner: undefined })], 'hosts[0] ownerless'],
    [
      'no app',
      [server('a', { app: undefined, env: undefined })],
      undefined,
      'unlabelled: has no app and no env',
    ],
    ['no host', [server('a', { host: undefined })], undefined, 'hostless'],
    [
      'another site than its host',
      [server('a', { site: 'dr' })],
      [host('h', { site: 'hq' })],
      'site: is declared at dr, its host h at hq',
    ],
    [
      'a host on its way',
      [server('a')],
      [host('h', { lifecycle: 'retired' })],
      'is in use on host h, which is retired',
    ],
    ['a cluster of one', [server('a', { cluster: 'shop' })], undefined, 'cluster: is alone in cluster shop'],
    [
      'two spellings',
      [server('a'), server('b', { owner: 'Team A' })],
      undefined,
      'servers[1] spelling: owner "Team A" is elsewhere spelt "team-a"',
    ],
    [
      'a label like others',
      [
        server('a', { labels: { rack: '1' } }),
        server('b', { labels: { rack: '2' } }),
        server('c', { labels: { rak: '3' } }),
      ],
      undefined,
      'servers[2] spelling: label rak: did you mean "rack", as elsewhere?',
    ],
    [
      'no warranty',
      [],
      [host('h', { warranty_until: '2026-11-21' })],
      'warranty: its warranty ended on 2026-11-21',
    ],
  ])('points out %s', (_name, servers, hosts, expected) => {
    const findings = lint(servers, hosts);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(expected);
  });

  it('asks nothing of entries that are not in use', () => {
    expect(
      lint([server('a', { lifecycle: 'planned', owner: undefined, app: undefined, cluster: 'x' })]),
    ).toEqual([]);
  });
});
