import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgfleet-include-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return loadConfig({ file: join(folder, 'pgfleet.yml'), env: {} });
}

const MAIN = 'include: [sites/*.yml]\nhosts:\n  - { name: web1, transport: local }\n';

describe('included files', () => {
  it('add their servers and hosts, in the order of their names, and may name hosts of each other', async () => {
    const { servers, hosts } = await load({
      'pgfleet.yml': MAIN,
      'sites/b.yml': 'servers:\n  - { name: crm, address: "db2:5432", host: web2 }\n',
      'sites/a.yml':
        'hosts:\n  - { name: web2, transport: local }\nservers:\n  - { name: shop, address: "db1:5432", host: web1 }\n',
      'sites/notes.txt': 'not one of them',
    });

    expect(servers.map(({ name }) => name)).toEqual(['shop', 'crm']);
    expect(hosts.map(({ name }) => name)).toEqual(['web1', 'web2']);
  });

  it('find their own secrets beside them', async () => {
    const { servers } = await load({
      'pgfleet.yml': 'include: [sites/a.yml]\n',
      'sites/a.yml':
        'servers:\n  - { name: shop, address: "db1:5432", postgres: { password: { file: secret } } }\n',
      'sites/secret': 'not-a-real-one\n',
    });

    expect(servers[0]?.postgres?.password?.reveal()).toBe('not-a-real-one');
  });

  it.each([
    [
      'a field',
      'servers:\n  - name: shop\n    adress: "db1:5432"\n',
      'a.yml:3:5: servers[0]: unknown key "adress"',
    ],
    ['a section that is not of the registry', 'notify: {}\n', 'a.yml:1:1: unknown key "notify"'],
    [
      'a host that nobody declares',
      '# one\nservers:\n  - { name: shop, address: "db1:5432", host: web3 }\n',
      'a.yml:3:40: servers[0].host: expected the name of an entry of hosts, found "web3"; did you mean "web1"?',
    ],
  ])('are told of with their line: %s', async (_what, text, problem) => {
    await expect(load({ 'pgfleet.yml': MAIN, 'sites/a.yml': text })).rejects.toThrow(
      join(folder, 'sites', problem),
    );
  });

  it('are told of with both lines where they declare the same', async () => {
    const entry = 'servers:\n  - { name: shop, address: "db1:5432" }\n';
    const files = { 'pgfleet.yml': MAIN, 'sites/a.yml': entry, 'sites/b.yml': entry.replace('db1', 'db2') };

    await expect(load(files)).rejects.toThrow(
      `${folder}/sites/b.yml:2:7: servers[0].name: duplicate name "shop", already used by ${folder}/sites/a.yml:2`,
    );
  });

  it('must be there, unless a star says that there may be none', async () => {
    expect((await load({ 'pgfleet.yml': MAIN, 'sites/readme': '' })).servers).toEqual([]);
    await expect(load({ 'pgfleet.yml': 'data_dir: x\ninclude:\n  - site.yml\n' })).rejects.toThrow(
      'pgfleet.yml:3:5: include[0]: expected a file',
    );
  });
});
