import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, parseConfig } from '../../lib/config.ts';
import { checkDeclared, hostFields, serverFields } from './config.ts';

const schema = z
  .strictObject({
    servers: z.array(z.strictObject(serverFields)).default([]),
    hosts: z.array(z.strictObject(hostFields)).default([]),
  })
  .superRefine(checkDeclared);

function load(text: string) {
  return parseConfig(schema, { file: 'pgfleet.yml', text, env: {} });
}

function problemsOf(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('registry fields', () => {
  it('give an entry in service without labels unless told otherwise', () => {
    expect(load('servers: [{ name: a, address: "db1:5432" }]').servers).toEqual([
      { name: 'a', address: { host: 'db1', port: 5432 }, lifecycle: 'in_service', labels: {} },
    ]);
  });

  it('take every field, with text in any script', () => {
    const text =
      'hosts: [{ name: web-1.hq_2, site: 上海, owner: "team a", purchased: "2016-02-29", warranty_until: "2021-02-28", labels: { rack: "4" } }]';

    expect(load(text).hosts[0]).toMatchObject({
      site: '上海',
      purchased: '2016-02-29',
      labels: { rack: '4' },
    });
  });

  it.each([
    ['name: "a b"', 'expected a name of 1 to 100 letters, digits, ".", "_" and "-", found "a b"'],
    ['name: ""', 'expected a name of 1 to 100'],
    ['name: a, owner: " x"', 'expected a text of 1 to 200 printable characters without spaces around it'],
    ['name: a, env: "a\\nb"', 'printable characters'],
    ['name: a, app: 1.10', 'app: expected a string, found 1.1'],
    ['name: a, lifecycle: active', 'expected one of planned, provisioning, in_service, deprecated, retired'],
    ['name: a, labels: { job: x }', 'labels.job: label "job" is reserved'],
    ['name: a, labels: { __x: x }', 'names with "__" belong to Prometheus'],
    ['name: a, labels: { 1st: x }', 'expected a label name of letters, digits and "_"'],
    ['name: a, labels: { rack: 4 }', 'labels.rack: expected a string, found 4'],
    ['name: a, purchased: "2019-02-30"', 'expected a date such as "2019-05-31", found "2019-02-30"'],
    ['name: a, power_watts: 0', 'power_watts: expected'],
    ['name: a, power_watts: 350W', 'power_watts: expected a number, found "350W"'],
    ['name: a, cost_per_year: -1', 'cost_per_year: expected at least 0, found -1'],
    ['name: a, purchased: 2019', 'expected a string, found 2019'],
    ['name: a, purchased: "2019-05-01", warranty_until: "2018-05-01"', 'after the purchase on 2019-05-01'],
  ])('{ %s } is refused', (entry, expected) => {
    expect(problemsOf(`hosts: [{ ${entry} }]`)).toContain(expected);
  });

  it('refuse more labels than a time series should carry', () => {
    const labels = Array.from({ length: 21 }, (_, i) => `l${i}: x`).join(', ');

    expect(problemsOf(`hosts: [{ name: a, labels: { ${labels} } }]`)).toContain(
      'at most 20 labels, found 21',
    );
  });

  it('do not repeat what may be a password', () => {
    expect(problemsOf('hosts: [{ name: "postgres://bob:hunter2@db1" }]')).not.toContain('hunter2');
  });
});

describe('checks between entries', () => {
  it.each([
    [
      'servers:\n- { name: a, address: "x:1" }\n- { name: a, address: "x:2" }',
      ':3:5: servers[1].name: duplicate name "a", already used by servers[0]',
    ],
    [
      'servers:\n- { name: a, address: "X:1" }\n- { name: b, address: "x:1" }',
      ':3:14: servers[1].address: duplicate address "x:1", already used by servers[0]',
    ],
    ['hosts:\n- { name: a }\n- { name: b }\n- { name: a }', ':4:5: hosts[2].name: duplicate name "a"'],
    [
      'servers:\n- { name: a, address: "x:1", host: wbe1 }\nhosts:\n- { name: web1 }',
      ':2:30: servers[0].host: expected the name of an entry of hosts, found "wbe1"; did you mean "web1"?',
    ],
  ])('%j is refused at its place', (text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });

  it('allow a server and a host of one name', () => {
    expect(load('servers: [{ name: a, address: "x:1", host: a }]\nhosts: [{ name: a }]').hosts).toHaveLength(
      1,
    );
  });
});
