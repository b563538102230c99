import { expect, it } from 'vitest';
import { gauge } from '../../lib/metric.ts';
import { foreignFacts, type ServerFacts } from './facts.ts';
import { type Choice, planCollectors } from './planner.ts';
import type { PostgresCollector } from './postgres-collector.ts';

const facts: ServerFacts = {
  ...foreignFacts('PostgreSQL 15.18', 150_018, 'db1:5432'),
  user: 'pgfleet',
  database: 'postgres',
};
const limits = { tables: 10, indexes: 10, statements: 10 };
const none: Choice = { collectors: { enable: [], disable: [] }, limits };

function collector(own: Partial<PostgresCollector>): PostgresCollector {
  return {
    name: 'probe',
    help: 'Test.',
    scope: 'instance',
    metrics: [gauge('pgfleet_test', 'Test.')],
    queries: [{ sql: 'select 1' }],
    samples: () => [],
    ...own,
  };
}

function verdict(own: Partial<PostgresCollector>, server: Partial<ServerFacts> = {}, choice = none) {
  const { chosen, skipped } = planCollectors([collector(own)], { ...facts, ...server }, choice);
  return chosen[0]?.sql ?? `${skipped[0]?.reason}: ${skipped[0]?.detail}`;
}

it('takes the newest variant that the server reaches', () => {
  const queries = [
    { maxVersion: 130_000, sql: 'old' },
    { minVersion: 160_000, sql: 'sixteen' },
    { minVersion: 130_000, sql: 'thirteen' },
  ];

  expect(verdict({ queries }, { version: 90_624 })).toBe('old');
  expect(verdict({ queries }, { version: 130_000 })).toBe('thirteen');
  expect(verdict({ queries }, { version: 159_999 })).toBe('thirteen');
  expect(verdict({ queries }, { version: 180_004 })).toBe('sixteen');
});

it('builds SQL from facts', () => {
  const queries = [{ sql: ({ database }: ServerFacts) => `select '${database}'` }];

  expect(verdict({ queries })).toBe("select 'postgres'");
});

it.each([
  [
    'version',
    { queries: [{ minVersion: 160_000, sql: 'x' }] },
    {},
    'for versions from 16; the server is 15.18',
  ],
  [
    'version',
    { queries: [{ maxVersion: 90_700, sql: 'x' }] },
    {},
    'for versions before 9.7; the server is 15.18',
  ],
  ['role', { needs: { role: 'standby' } }, {}, 'for a standby, the server is a primary'],
  [
    'extension',
    { needs: { extension: 'pg_stat_statements' } },
    {},
    'needs the extension pg_stat_statements in database postgres',
  ],
  ['permission', { needs: { memberOf: 'pg_monitor' } }, {}, 'user pgfleet lacks: member pg_monitor'],
  [
    'permission',
    { needs: { execute: 'pg_ls_waldir()', select: 'pg_hba_file_rules' } },
    { privileges: new Set(['execute pg_ls_waldir()']) },
    'user pgfleet lacks: select pg_hba_file_rules',
  ],
  ['unsupported', {}, { kind: 'opengauss' }, 'the server is opengauss, not PostgreSQL'],
  ['unsupported', {}, { version: 90_524 }, 'PostgreSQL 9.5.24 is older than 9.6'],
  ['disabled', { enabledByDefault: false }, {}, 'off by default: list it under collectors.enable'],
] as [string, Partial<PostgresCollector>, Partial<ServerFacts>, string][])(
  'discards for %s',
  (reason, own, server, detail) => {
    expect(verdict(own, server)).toBe(`${reason}: ${detail}`);
  },
);

it('obeys the configuration', () => {
  expect(
    verdict({ enabledByDefault: false }, {}, { limits, collectors: { enable: ['probe'], disable: [] } }),
  ).toBe('select 1');
  expect(verdict({}, {}, { limits, collectors: { enable: [], disable: ['probe'] } })).toMatch(
    /^disabled: listed under/,
  );
});

it('takes a superuser for a member of everything', () => {
  expect(verdict({ needs: { memberOf: 'pg_monitor' } }, { superuser: true })).toBe('select 1');
});

it('leaves out what a cloud service keeps to itself, unless told otherwise', () => {
  const own = { name: 'hba' };
  const enabled = { ...none, collectors: { enable: ['hba'], disable: [] } };

  expect(verdict(own, { service: 'rds' })).toBe(
    'service: Amazon RDS keeps pg_hba.conf to itself: access is decided by its own network rules',
  );
  expect(verdict(own, { service: 'rds' }, enabled)).toBe('select 1');
  expect(verdict({ name: 'locks' }, { service: 'aurora' })).toBe('select 1');
});
