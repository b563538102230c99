import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../../lib/config.ts';
import { postgresOptionsSchema, postgresTarget } from './config.ts';

const address = { host: 'db1', port: 5432 };

function parse(text: string) {
  const schema = z.strictObject({ postgres: postgresOptionsSchema });
  return parseConfig(schema, { file: 'pgfleet.yml', text, env: { PGPASS: 's3cret' } }).postgres;
}

it('fills in what is written nowhere', () => {
  const target = postgresTarget({ name: 'a', address });

  expect(target).toMatchObject({
    user: 'pgfleet',
    password: undefined,
    database: 'postgres',
    sslmode: 'prefer',
    connectTimeoutSeconds: 5,
    connectionMaxAgeSeconds: 3600,
    collectors: { enable: [], disable: [] },
    databases: { include: [], exclude: [] },
  });
});

it('puts the options of a server before the common ones, one by one', () => {
  const common = parse(
    'postgres: { user: monitor, sslmode: require, connect_timeout: 2s, password: { env: PGPASS } }',
  );
  const own = parse('postgres: { sslmode: verify-full, databases: { exclude: ["test_*"] } }');

  const target = postgresTarget({ name: 'a', address, postgres: own }, common);

  expect(target).toMatchObject({ user: 'monitor', sslmode: 'verify-full', connectTimeoutSeconds: 2 });
  expect(target.databases).toEqual({ include: [], exclude: ['test_*'] });
  expect(target.password?.reveal()).toBe('s3cret');
  expect(JSON.stringify(target)).not.toContain('s3cret');
});

describe('refuses', () => {
  it.each([
    [
      'postgres: { password: s3cret }',
      /password: expected \{ file: PATH \} or \{ env: NAME \}, found the secret itself/,
    ],
    ['postgres: { sslmode: verify_full }', /did you mean "verify-full"/],
    ['postgres: { sslmod: require }', /unknown key "sslmod"; did you mean "sslmode"/],
    ['postgres: { connect_timeout: 5 }', /connect_timeout: expected/],
    ['postgres: { user: "" }', /user: expected at least 1 characters/],
  ])('%s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
