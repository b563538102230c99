import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { diff, exportTable, importEntries, lint } from '../../../cli/run-registry.ts';
import { readNetbox } from '../../../exporters/fleet/netbox.ts';
import { Secret } from '../../../lib/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'pgfleet-registry-'));
const config = join(folder, 'pgfleet.yml');
const output = { stdout: '', stderr: '' };

beforeEach(() => {
  output.stdout = '';
  output.stderr = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      output[stream] += String(text);
      return true;
    });
  }
  writeFileSync(
    config,
    `# our servers
servers:
  - { name: shop, address: "db1:5432", owner: team-a, app: shop, env: prod, host: web1 }   # the shop
hosts:
  - { name: web1, transport: local, owner: team-a }
`,
  );
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

afterAll(() => rmSync(folder, { recursive: true }));

function table(text: string): string {
  const file = join(folder, 'servers.csv');
  writeFileSync(file, text);
  return file;
}

describe('registry commands', () => {
  it('lint names file and line', async () => {
    writeFileSync(
      config,
      'servers:\n  - name: a\n    address: "db:5432"\n    host: web1\nhosts:\n  - { name: web1, transport: local, owner: x }\n',
    );

    expect(await lint(config)).toBe(1);
    expect(output.stdout).toContain(`${config}:2: ownerless: a has no owner`);
    expect(output.stdout).toContain(`${config}:2: unlabelled: a has no app and no env`);
  });

  it('lint is content with a complete registry', async () => {
    expect(await lint(config)).toBe(0);
  });

  it('export prints what import reads', async () => {
    await exportTable(config, 'servers');
    const file = table(output.stdout);

    expect(await diff(config, { servers: file })).toBe(0);
    expect(output.stdout).toContain('No differences.');
  });

  it('import lists first, and writes when told, leaving the rest of the file alone', async () => {
    const file = table(
      'name,address,owner,lifecycle,label.rack\nerp,db2:5432,财务部,,r1\nshop,db9:5432,team-a,,\n',
    );

    expect(await importEntries(config, { servers: file }, false)).toBe(0);
    expect(output.stdout).toContain('+ servers erp (servers.csv:2)');
    expect(output.stdout).toContain('address: "db1:5432" -> "db9:5432"');
    expect(readFileSync(config, 'utf8')).not.toContain('erp');

    expect(await importEntries(config, { servers: file }, true)).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(`# our servers
servers:
  - { name: shop, address: "db1:5432", owner: team-a, app: shop, env: prod, host: web1 }   # the shop
  # From servers.csv:2.
  - name: erp
    address: db2:5432
    owner: 财务部
    lifecycle: in_service
    labels:
      rack: r1
hosts:
  - { name: web1, transport: local, owner: team-a }
`);
  });

  it('import changes nothing when a row or the result is wrong', async () => {
    const before = readFileSync(config, 'utf8');

    expect(await importEntries(config, { servers: table('name,address\nbad name,db:1\n') }, true)).toBe(1);
    expect(output.stderr).toContain('servers.csv:2: name: expected a name of 1 to 100');
    const clash = table('name,address\nother,db1:5432\n');
    await expect(importEntries(config, { servers: clash }, true)).rejects.toThrow(
      'duplicate address "db1:5432"',
    );
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  it('diff says what differs', async () => {
    expect(await diff(config, { servers: table('name,address\nerp,db2:5432\n') })).toBe(1);
    expect(output.stdout).toContain('+ servers erp');
    expect(output.stdout).toContain('- servers shop: only in pgfleet.yml');
  });
});

describe('NetBox', () => {
  let server: Server | undefined;
  const requests: IncomingMessage[] = [];

  afterEach(() => {
    server?.close();
    requests.length = 0;
  });

  /** A NetBox of our own writing: two pages of services, one device, one virtual machine. */
  async function netbox(answers: (path: string, query: URLSearchParams) => unknown): Promise<string> {
    const started = createServer((request, response) => {
      requests.push(request);
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const answer = answers(pathname, searchParams);
      if (request.headers.authorization !== 'Token hunter2')
        response.writeHead(403).end('{"detail":"Invalid token"}');
      else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}/netbox`;
  }

  const services = [
    {
      id: 1,
      url: 'http://inner/api/ipam/services/1/',
      name: 'PostgreSQL',
      ports: [5432],
      protocol: { value: 'tcp' },
      device: { id: 7, name: 'DB 7' },
      virtual_machine: null,
      ipaddresses: [{ address: '10.0.0.7/24' }],
    },
    { id: 2, url: 'u2', name: 'ssh', ports: [22], device: { id: 8, name: 'x' }, ipaddresses: [] },
  ];
  const later = [
    {
      id: 3,
      url: 'u3',
      name: 'shop-db',
      ports: [5432, 5433],
      parent_object_type: 'virtualization.virtualmachine',
      parent: { id: 9, name: 'vm9' },
      ipaddresses: [],
    },
  ];

  function answers(path: string, query: URLSearchParams): unknown {
    if (path.endsWith('/ipam/services/')) {
      if (query.get('offset') === '200') return { count: 3, next: null, results: later };
      return {
        count: 3,
        next: 'http://inner.example/netbox/api/ipam/services/?limit=200&offset=200',
        results: services,
      };
    }
    const device = {
      status: { value: 'decommissioning' },
      site: { name: 'hq' },
      tenant: { name: 'Finance' },
    };
    if (path.endsWith('/dcim/devices/')) {
      return {
        next: null,
        results: [{ id: 7, url: 'd7', name: 'DB 7', ...device, primary_ip: { address: '10.0.0.7/24' } }],
      };
    }
    const machine = {
      status: { value: 'active' },
      site: null,
      tenant: null,
      primary_ip: { address: 'fd00::9/64' },
    };
    return { next: null, results: [{ id: 9, url: 'v9', name: 'vm9', ...machine }] };
  }

  function read(url: string, token = 'hunter2') {
    return readNetbox({ url, token: new Secret(token), signal: new AbortController().signal });
  }

  it('gives servers and their machines, over all pages, without leaving the configured address', async () => {
    const { servers, hosts } = await read(await netbox(answers));

    expect(servers.map(({ fields }) => fields)).toEqual([
      {
        name: 'DB-7',
        address: '10.0.0.7:5432',
        host: 'DB-7',
        site: 'hq',
        owner: 'Finance',
        lifecycle: 'deprecated',
      },
      { name: 'shop-db-5432', address: '[fd00::9]:5432', host: 'vm9', lifecycle: 'in_service' },
      { name: 'shop-db-5433', address: '[fd00::9]:5433', host: 'vm9', lifecycle: 'in_service' },
    ]);
    expect(hosts.map(({ fields }) => fields)).toEqual([
      { name: 'DB-7', ssh_address: '10.0.0.7:22', site: 'hq', owner: 'Finance', lifecycle: 'deprecated' },
      { name: 'vm9', ssh_address: '[fd00::9]:22', lifecycle: 'in_service' },
    ]);
    expect(requests.map(({ url }) => url)).toEqual([
      '/netbox/api/ipam/services/?limit=200',
      '/netbox/api/ipam/services/?limit=200&offset=200',
      '/netbox/api/dcim/devices/?id=7&limit=200',
      '/netbox/api/virtualization/virtual-machines/?id=9&limit=200',
    ]);
  });

  it.each([
    ['another program', 'not json', 'hunter2', /api\/ipam\/services\/: .*JSON/],
    ['something else', { hello: 1 }, 'hunter2', /expected an answer of the NetBox API/],
    ['a service out of shape', { results: [{ id: 'x' }] }, 'hunter2', /expected an answer of the NetBox API/],
    ['a refused token', {}, 'wrong', /HTTP status 403/],
  ])('says what is wrong with %s', async (_name, answer, token, message) => {
    const reading = read(await netbox(() => answer), token);

    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.not.toThrow(/hunter2|wrong/);
  });

  it('is compared with the registry', async () => {
    vi.stubEnv('NETBOX_TOKEN', 'hunter2');

    expect(await diff(config, { netbox: await netbox(answers) })).toBe(1);
    expect(output.stdout).toContain('+ servers DB-7 (http://inner/api/ipam/services/1/)');
    expect(output.stdout).toContain('- hosts web1: only in pgfleet.yml');
  });

  it('needs its token', async () => {
    vi.stubEnv('NETBOX_TOKEN', '');

    await expect(diff(config, { netbox: 'http://127.0.0.1:1' })).rejects.toThrow('NETBOX_TOKEN');
  });
});
