import pg from 'pg';
import { expect, it } from 'vitest';
import { PgfleetError } from '../../lib/errors.ts';
import { classify, PostgresFailure } from './failure.ts';

function databaseError(code: string, message: string): Error {
  return Object.assign(new pg.DatabaseError(message, message.length, 'error'), { code });
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

it.each([
  [databaseError('28P01', 'password authentication failed for user "x"'), 'authentication', 'permission'],
  [databaseError('28000', 'no pg_hba.conf entry for host "10.0.0.1"'), 'authentication', 'permission'],
  [databaseError('53300', 'sorry, too many clients already'), 'too_many_connections', 'connect'],
  [databaseError('57P03', 'the database system is starting up'), 'starting_up', 'connect'],
  [databaseError('57P03', 'the database system is shutting down'), 'shutting_down', 'connect'],
  [databaseError('57P01', 'terminating connection due to administrator command'), 'shutting_down', 'connect'],
  [databaseError('3D000', 'database "x" does not exist'), 'no_database', 'connect'],
  [databaseError('42501', 'permission denied for function pg_ls_waldir'), 'permission', 'permission'],
  [databaseError('57014', 'canceling statement due to statement timeout'), 'timeout', 'timeout'],
  [databaseError('55P03', 'canceling statement due to lock timeout'), 'lock', 'timeout'],
  [databaseError('42P01', 'relation "x" does not exist'), 'query', 'query'],
  [systemError('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'connect', 'connect'],
  [systemError('ENOTFOUND', 'getaddrinfo ENOTFOUND db1'), 'connect', 'connect'],
  [systemError('ETIMEDOUT', 'read ETIMEDOUT'), 'timeout', 'timeout'],
  [new Error('timeout expired'), 'timeout', 'timeout'],
  [
    systemError('SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'),
    'tls',
    'connect',
  ],
  [
    systemError('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"),
    'tls',
    'connect',
  ],
  [new Error('The server does not support SSL connections'), 'tls', 'connect'],
  [
    new Error('SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature is missing'),
    'authentication',
    'permission',
  ],
  [new PgfleetError('timeout', 'the deadline passed'), 'timeout', 'timeout'],
])('%s', (error, reason, code) => {
  const failure = classify(error, 'connecting to db1:5432');

  expect(failure.reason).toBe(reason);
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(/^connecting to db1:5432: /);
  expect(failure.cause).toBe(error);
});

it('keeps what is classified already', () => {
  const failure = new PostgresFailure('tls', 'no');

  expect(classify(failure, 'again')).toBe(failure);
});
