import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ConfigError, parseConfig } from '../../lib/config.ts';
import {
  capturePlace,
  checkHostConnections,
  hostConnectionFields,
  resolveSsh,
  sshDefaultsSchema,
} from './config.ts';

const schema = z
  .strictObject({
    ssh: sshDefaultsSchema.optional(),
    hosts: z.array(z.strictObject({ name: z.string(), ...hostConnectionFields })),
  })
  .superRefine(checkHostConnections);
const parse = (text: string) =>
  parseConfig(schema, { file: '/etc/pgfleet/pgfleet.yml', text, env: { PASS: 'hunter2' } });
const problemsOf = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    return (error as ConfigError).message;
  }
  return '';
};

const DEFAULTS = 'ssh: { user: pgfleet, key_file: id, known_hosts_file: known_hosts }\n';

describe('hosts', () => {
  it('reads the three transports', () => {
    const { hosts } = parse(`${DEFAULTS}hosts:
  - { name: this, transport: local }
  - { name: web1, transport: ssh, ssh: { address: "10.0.0.5:22", legacy_algorithms: true, jump: { address: "gate:22" } } }
  - { name: vault9, transport: capture, capture: { file: captures/v.cap }, tiers: { inventory: { ttl: 1d } } }
`);

    expect(hosts.map(({ transport }) => transport)).toEqual(['local', 'ssh', 'capture']);
    expect(hosts.map(capturePlace)).toEqual([undefined, undefined, { file: '/etc/pgfleet/captures/v.cap' }]);
    expect(hosts[2]?.capture?.file).toBe('/etc/pgfleet/captures/v.cap');
    expect(hosts[2]?.tiers?.inventory?.ttl).toBe(86_400);
  });

  it.each([
    ['{ name: a, transport: ssh }', 'transport ssh needs ssh'],
    ['{ name: a, transport: capture }', 'transport capture needs capture'],
    [
      '{ name: a, transport: capture, capture: { file: x, directory: y } }',
      'transport capture needs capture',
    ],
    ['{ name: a, transport: local, ssh: { address: "a:22" } }', 'ssh has no meaning with transport local'],
    ['{ name: a, transport: ssh, ssh: { address: "a:22" }, capture: { file: x } }', 'capture has no meaning'],
    ['{ name: a, transport: telnet }', 'telnet'],
    ['{ name: a, transport: ssh, ssh: { address: "a" } }', 'host:port'],
    ['{ name: a, transport: ssh, ssh: { address: "a:22", key_fil: x } }', 'key_file'],
    ['{ name: a, transport: ssh, ssh: { address: "a:22", password: hunter2 } }', '{ env: NAME }'],
    ['{ name: a, transport: ssh, ssh: { address: "a:22", user: "x; rm -rf /" } }', 'login name'],
    ['{ name: a, transport: local, tiers: { inventory: { ttl: soon } } }', 'duration'],
  ])('refuses %s', (host, message) => {
    const problems = problemsOf(`${DEFAULTS}hosts: [ ${host} ]\n`);

    expect(problems).toContain(message);
    expect(problems).not.toContain('hunter2');
  });

  it.each([
    ['', 'expected a user'],
    ['ssh: { user: u }\n', 'expected a known_hosts_file'],
    ['ssh: { user: u, known_hosts_file: k }\n', 'expected key_file, password or agent_socket'],
  ])('refuses an ssh host without what it needs after %j', (defaults, message) => {
    const host = '{ name: a, transport: ssh, ssh: { address: "a:22" } }';

    expect(problemsOf(`${defaults}hosts: [ ${host} ]\n`)).toContain(message);
  });
});

describe('resolveSsh', () => {
  it('lets a host override the defaults, and the jump host take them', () => {
    const { ssh, hosts } = parse(`${DEFAULTS}hosts:
  - { name: web1, transport: ssh, ssh: { address: "db:2222", user: other, password: { env: PASS }, connect_timeout: 3s, jump: { address: "gate:22" } } }
`);
    const [host] = hosts;
    const target = host?.ssh && resolveSsh(host.name, host.ssh, ssh);

    expect(target).toMatchObject({
      name: 'web1',
      login: { host: 'db', port: 2222, user: 'other', keyFile: '/etc/pgfleet/id' },
      jump: { host: 'gate', port: 22, user: 'pgfleet', password: undefined },
      knownHostsFile: '/etc/pgfleet/known_hosts',
      connectTimeoutMs: 3000,
      keepaliveIntervalMs: 15_000,
      legacyAlgorithms: false,
    });
    expect(target?.login.password?.reveal()).toBe('hunter2');
    expect(JSON.stringify(target)).not.toContain('hunter2');
  });
});
