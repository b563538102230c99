import { expect, it } from 'vitest';
import { foreignFacts } from './facts.ts';
import { createUserSql, grantSql } from './grant-sql.ts';

const facts = {
  ...foreignFacts('', 150_018, 'a'),
  user: 'Mon "x"',
  privileges: new Set(['member pg_monitor']),
};
const wanted = [
  'select pg_hba_file_rules',
  'execute pg_hba_file_rules()',
  'member pg_monitor',
  'member pg_monitor',
];

it('grants exactly what is missing, to a quoted user', () => {
  expect(grantSql(facts, wanted)).toEqual([
    'grant execute on function pg_catalog.pg_hba_file_rules() to "Mon ""x""";',
    'grant select on pg_catalog.pg_hba_file_rules to "Mon ""x""";',
  ]);
  expect(grantSql({ ...facts, user: 'mon', privileges: new Set() }, ['member pg_monitor'])).toEqual([
    'grant pg_monitor to mon;',
  ]);
});

it('grants pg_monitor alone when its parts are missing as well', () => {
  const parts = ['member pg_monitor', 'member pg_read_all_stats', 'execute pg_ls_waldir()'];

  expect(grantSql({ ...facts, user: 'mon', privileges: new Set() }, parts)).toEqual([
    'grant pg_monitor to mon;',
  ]);
});

it('grants nothing to a superuser, and no role that 9.6 does not have', () => {
  expect(grantSql({ ...facts, superuser: true }, wanted)).toEqual([]);
  expect(grantSql({ ...facts, version: 90_624, privileges: new Set() }, ['member pg_monitor'])).toEqual([]);
});

it('makes the user', () => {
  expect(createUserSql('pgfleet', 150_018)).toEqual([
    "create role pgfleet login password '...' connection limit 5;",
    'grant pg_monitor to pgfleet;',
  ]);
  expect(createUserSql('pgfleet', 90_624)).toHaveLength(1);
});
