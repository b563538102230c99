import { describe, expect, it } from 'vitest';
import { parseCsv } from './formats/csv.ts';
import { checkImported } from './imported.ts';
import { createRegistry, type RegisteredHost, type RegisteredServer } from './registry.ts';
import { diffRegistry, diffText } from './registry-diff.ts';
import { entriesOfTable, hostTable, serverTable } from './registry-table.ts';

const shop: RegisteredServer = {
  name: 'shop',
  address: { host: 'db1.example', port: 5432 },
  host: 'web1',
  owner: '甲组',
  lifecycle: 'deprecated',
  labels: { rack: 'r4' },
};
const web1: RegisteredHost = {
  name: 'web1',
  transport: 'ssh',
  site: 'hq',
  lifecycle: 'in_service',
  labels: {},
  purchased: '2016-02-29',
  power_watts: 320,
  cost_per_year: 1800.5,
};
const registry = createRegistry({ servers: [shop], hosts: [web1] });

function servers(text: string) {
  return checkImported({ servers: entriesOfTable('servers', 'x.csv', parseCsv('x.csv', text)), hosts: [] });
}

function hosts(text: string) {
  return checkImported({ servers: [], hosts: entriesOfTable('hosts', 'x.csv', parseCsv('x.csv', text)) });
}

describe('table of the registry', () => {
  it('comes back as it went', () => {
    expect(servers(serverTable([shop])).servers.map(({ entry }) => entry)).toEqual([shop]);
    const [host] = hosts(hostTable([web1], () => '10.0.0.5:22')).hosts;
    expect(host?.entry).toEqual(web1);
    expect(host?.sshAddress).toBe('10.0.0.5:22');
  });

  it('is read with titles and states in Chinese, and days as spreadsheets write them', () => {
    const { servers: read, problems } = servers(
      '名称,地址,负责人,状态,label.rack\nerp,10.0.0.9:5433,财务部,使用中,r1\n',
    );
    const [host] = hosts('Name;Location;Purchase Date;Status\nweb2;hq;2019/5/1;active\n').hosts;

    expect(problems).toEqual([]);
    expect(read[0]?.entry).toMatchObject({
      name: 'erp',
      owner: '财务部',
      lifecycle: 'in_service',
      labels: { rack: 'r1' },
    });
    expect(host?.entry).toMatchObject({
      name: 'web2',
      site: 'hq',
      purchased: '2019-05-01',
      transport: 'ssh',
    });
  });

  it('takes what a machine draws and costs, with a comma as well, and says what is no number', () => {
    const { hosts: read, problems } = hosts(
      '\uFEFFname;功率;cost per year\r\nweb2;320;1800,50\r\nweb3;much;\r\n',
    );

    expect(read.map(({ entry }) => [entry.name, entry.power_watts, entry.cost_per_year])).toEqual([
      ['web2', 320, 1800.5],
    ]);
    expect(problems).toEqual(['x.csv:3: power_watts: expected a number, found "much"']);
  });

  it.each([
    ['name,address\na b,db:1\n', 'x.csv:2: name: expected a name of 1 to 100'],
    ['name,address\na,db1\n', 'x.csv:2: address: expected "host:port"'],
    ['name,address\n,db1:1\n', 'x.csv:2: name: required, expected a string'],
    ['name,address,label.job\na,db1:1,x\n', 'x.csv:2: labels.job: label "job" is reserved'],
    ['name,address,lifecycle\na,db1:1,gone\n', 'x.csv:2: lifecycle: expected one of planned'],
    ['name,address\na,db1:1\na,db1:2\n', 'x.csv:3: duplicate name "a", already in x.csv:2'],
  ])('%j names the line and the column of the problem', (text, problem) => {
    expect(servers(text).problems.join('\n')).toContain(problem);
  });

  it('refuses a column that means nothing', () => {
    expect(() => servers('name,adress\n')).not.toThrow();
    expect(() => servers('name,adress\na,b:1\n')).toThrow(
      'x.csv:1: expected a known column (did you mean "address"?), found "adress"',
    );
  });
});

describe('difference', () => {
  it('is told by name and field, and not for what the other side leaves open', () => {
    const imported = servers('name,address,owner\nshop,DB1.example:5432,乙组\nnew,db3:5432,\n');
    const difference = diffRegistry(registry, imported, ['servers']);

    expect(diffText(difference)).toBe(
      '+ servers new (x.csv:3)\n~ servers shop (x.csv:2)\n    owner: "甲组" -> "乙组"',
    );
  });

  it('names what only the registry has, of the kinds that were read', () => {
    expect(diffText(diffRegistry(registry, servers('name,address\nx,y:1\n'), ['servers']))).toContain(
      '- servers shop: only in pgfleet.yml',
    );
    expect(diffText(diffRegistry(registry, servers(serverTable([shop])), ['servers']))).toBe(
      'No differences.',
    );
  });
});
