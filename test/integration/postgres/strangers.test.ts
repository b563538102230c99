import { afterEach, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { usePostgres } from '../../support/postgres.ts';
import { type Watch, watch } from './scrape.ts';

const MAJOR = Math.max(...installedMajors());

/** A real PostgreSQL that answers to version() as these do. */
const FORKS = [
  ['opengauss', '(openGauss 5.0.0 build a07d57c3) compiled at 2023-03-29 03:37:13 commit 0 last mr'],
  ['kingbase', 'KingbaseES V008R006C007B0012 on x86_64-pc-linux-gnu, compiled by gcc'],
  ['polardb', 'PostgreSQL 14.10 (PolarDB 14.10.20.0 build 5b8d1c0f) on x86_64-linux-gnu'],
  ['greenplum', 'PostgreSQL 12.12 (Greenplum Database 7.1.0 build commit:e7c2b1f) on x86_64-pc-linux-gnu'],
  ['cockroachdb', 'CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023/09/27)'],
  ['yugabytedb', 'PostgreSQL 11.2-YB-2.18.0.0-b0 on x86_64-pc-linux-gnu'],
  ['redshift', 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.61191'],
] as const;

describe('what is not PostgreSQL', () => {
  const server = usePostgres({ major: MAJOR, settings: { allow_system_table_mods: true } });
  const open: Watch[] = [];
  afterEach(async () => {
    for (const watching of open.splice(0)) await watching.close();
  });

  it.each(FORKS)('%s is named, and not scraped by half', async (kind, version) => {
    await server().query(
      `create or replace function pg_catalog.version() returns text language sql stable as $$ select '${version}'::text $$`,
    );
    const watching = await watch(server());
    open.push(watching);

    const scrape = await watching.probe();
    const { facts, collectors } = await watching.exporter.explain('target');

    expect(scrape.value('pg_up')).toBe(1);
    expect(scrape.value('pgfleet_postgres_unsupported', { kind })).toBe(1);
    expect(scrape.failures).toEqual([]);
    expect(scrape.text()).not.toMatch(/^pg_(?:stat|database|settings|locks)_/m);
    expect(facts).toMatchObject({ kind });
    expect(new Set(collectors.filter(({ chosen }) => !chosen).map(({ reason }) => reason))).toEqual(
      new Set(['disabled', 'unsupported']),
    );
    expect(collectors.filter(({ chosen }) => chosen)).toEqual([]);
  });
});

/** What tells each service from a server of one's own. */
const SERVICES = [
  [
    'aurora',
    "create function pg_catalog.aurora_version() returns text language sql as $$ select '16.4.1' $$",
  ],
  ['rds', "alter database postgres set rds.extensions = 'pg_stat_statements'"],
  ['azure', "alter database postgres set azure.extensions = 'pg_stat_statements'"],
  ['cloudsql', 'create role cloudsqlsuperuser'],
] as const;

describe.each(SERVICES)('PostgreSQL as a service: %s', (service, sign) => {
  const server = usePostgres({ major: MAJOR, settings: { allow_system_table_mods: true } });

  it('is recognised, and what it keeps to itself is left out with the reason', async () => {
    await server().query(sign);
    await server().query('create database rdsadmin');
    const watching = await watch(server());
    try {
      const scrape = await watching.probe();
      const { facts, collectors } = await watching.exporter.explain('target');

      expect(scrape.failures).toEqual([]);
      expect(facts['service']).toBe(service);
      expect(scrape.value('pgfleet_collector_skipped', { collector: 'hba', reason: 'service' })).toBe(1);
      expect(collectors.find(({ name }) => name === 'hba')?.detail).toContain('keeps pg_hba.conf to itself');
      const walIsLeftOut = collectors.find(({ name }) => name === 'wal')?.reason === 'service';
      expect(walIsLeftOut).toBe(service === 'aurora');
      expect(scrape.value('pg_replication_is_replica')).toBe(0);
      expect(scrape.text()).not.toMatch(/^pg_stat_user_tables_\w+\{[^}]*datname="rdsadmin"/m);
    } finally {
      await watching.close();
    }
  });
});
