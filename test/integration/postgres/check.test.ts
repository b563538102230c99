import { beforeAll, describe, expect, it } from 'vitest';
import { installedMajors } from '../../../cli/demo/postgres-package.ts';
import { checkTarget } from '../../../exporters/postgres/check-target.ts';
import { type PostgresOptions, postgresTarget } from '../../../exporters/postgres/config.ts';
import { loadPostgresCollectors } from '../../../exporters/postgres/exporter.ts';
import { Secret } from '../../../lib/secret.ts';
import { usePostgres } from '../../support/postgres.ts';

const majors = installedMajors();
const collectors = await loadPostgresCollectors();

describe.each([Math.min(...majors), Math.max(...majors)])('checking PostgreSQL %i', (major) => {
  const server = usePostgres({ major, superuserPassword: 'super' });

  beforeAll(async () => {
    await server().query(`create role "Mon ""it""" login password 'r1ght'`);
  });

  function check(options: Partial<PostgresOptions>) {
    const address = { host: server().host, port: server().port };
    return checkTarget(
      postgresTarget({ name: 'db', address, postgres: options as PostgresOptions }),
      collectors,
    );
  }
  const monitor = { user: 'Mon "it"', password: new Secret('r1ght') };

  it('prints SQL that grants exactly what is missing', async () => {
    const before = await check(monitor);
    for (const statement of before.sql) await server().query(statement);
    const after = await check(monitor);

    expect(before.failure).toBeUndefined();
    expect(before.supported).toBe(true);
    expect(before.lacking.some(({ reason }) => reason === 'permission')).toBe(true);
    expect(before.sql).toContain('grant pg_monitor to "Mon ""it""";');
    expect(after.sql).toEqual([]);
    expect(after.lacking.filter(({ reason }) => reason === 'permission')).toEqual([]);
  });

  it('finds nothing missing for a superuser', async () => {
    const result = await check({ user: 'postgres', password: new Secret('super') });

    expect(result.sql).toEqual([]);
    expect(result.lacking.map(({ reason }) => reason).filter((reason) => reason !== 'extension')).toEqual([]);
  });

  it('says how to make the user when it cannot log in', async () => {
    const result = await check({ user: 'pgfleet', password: new Secret('wr0ng') });

    expect(result.failure?.reason).toBe('authentication');
    expect(result.sql[0]).toBe("create role pgfleet login password '...' connection limit 5;");
    expect(JSON.stringify(result)).not.toContain('wr0ng');
  });
});
