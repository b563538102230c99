import { describe, expect, it } from 'vitest';
import { displayVersion, factsKey, factsSql, parseFacts, serverKind, shortVersion } from './facts.ts';

const row = {
  in_recovery: false,
  version_num: 150_018,
  started_at: 1_700_000_000,
  version_text: 'PostgreSQL 15.18 on x86_64-pc-linux-gnu',
  service: null,
  user_name: 'pgfleet',
  database_name: 'postgres',
  superuser: false,
  extensions: '[["plpgsql", "1.0", "pg_catalog"], ["pg_stat_statements", "1.10", "\\"My Schema\\""]]',
  privileges: '["member pg_monitor"]',
};

it('reads the facts of a server', () => {
  const facts = parseFacts([row], 'db1:5432');

  expect(facts).toMatchObject({ server: 'db1:5432', kind: 'postgresql', version: 150_018, role: 'primary' });
  expect(facts.extensions.get('pg_stat_statements')).toEqual({ version: '1.10', schema: '"My Schema"' });
  expect([...facts.privileges]).toEqual(['member pg_monitor']);
});

it('takes a server without privileges and extensions', () => {
  const facts = parseFacts([{ ...row, extensions: null, privileges: null }], 'db1:5432');

  expect(facts.extensions.size + facts.privileges.size).toBe(0);
});

it.each([[[]], [[{ ...row, version_num: 'fifteen' }]], [[{ ...row, extensions: 'not json' }]]])(
  'refuses an answer of another shape',
  (rows) => {
    expect(() => parseFacts(rows, 'db1:5432')).toThrow(/facts of the server: expected one complete row/);
  },
);

it('tells a change of role, extension or privilege from no change', () => {
  const key = factsKey(parseFacts([row], 'a'));

  expect(factsKey(parseFacts([{ ...row }], 'a'))).toBe(key);
  expect(factsKey(parseFacts([{ ...row, in_recovery: true }], 'a'))).not.toBe(key);
  expect(factsKey(parseFacts([{ ...row, extensions: '[]' }], 'a'))).not.toBe(key);
  expect(factsKey(parseFacts([{ ...row, privileges: null }], 'a'))).not.toBe(key);
});

it('asks for each privilege once, quoted', () => {
  const sql = factsSql(['member pg_monitor', "execute f('x')", 'member pg_monitor']);

  expect(sql).toContain("array['execute f(''x'')', 'member pg_monitor']");
});

it.each([
  [90_624, '9.6.24'],
  [100_023, '10.23.0'],
  [180_004, '18.4.0'],
])('prints %i as %s', (version, text) => {
  expect(shortVersion(version)).toBe(text);
});

describe('kind of server', () => {
  it.each([
    ['PostgreSQL 15.18 (Debian 15.18-0) on x86_64-pc-linux-gnu', 'postgresql'],
    ['PostgreSQL 14.9 (EnterpriseDB Advanced Server 14.9.0)', 'postgresql'],
    ['(openGauss 5.0.0 build a07d57c3) compiled at 2023-03-29 03:37:13', 'opengauss'],
    ['PostgreSQL 9.2.4 (GaussDB Kernel V500R002C10)', 'gaussdb'],
    ['KingbaseES V008R006C007B0012 on x86_64-pc-linux-gnu', 'kingbase'],
    ['PostgreSQL 9.4.26 (Greenplum Database 6.25.3 build commit:x) on x86_64', 'greenplum'],
    ['PostgreSQL 11.9 (PolarDB 11.9.16.0 build) on x86_64-linux-gnu', 'polardb'],
    ['CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)', 'cockroachdb'],
    ['PostgreSQL 11.2-YB-2.18.0.0-b0 on x86_64-pc-linux-gnu', 'yugabytedb'],
    ['1.21.0/bouncer', 'pgbouncer'],
  ])('%s is %s', (text, kind) => {
    expect(serverKind(text)).toBe(kind);
  });
});

it.each([
  [180_004, '18.4'],
  [100_023, '10.23'],
  [90_624, '9.6.24'],
])('shows %i as %s', (version, text) => {
  expect(displayVersion(version)).toBe(text);
});
