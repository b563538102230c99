import { describe, expect, it } from 'vitest';
import { parsePostmasterPid } from './postmaster-pid.ts';

describe('postmaster.pid', () => {
  it('of a running server', () => {
    const text =
      '3411\n/var/lib/postgresql/15/main\n1795328441\n5433\n/var/run/postgresql\n*\n  5432001    196608\nready   \n';

    expect(parsePostmasterPid(text)).toEqual({
      pid: 3411,
      dataDirectory: '/var/lib/postgresql/15/main',
      startedAt: 1795328441,
      port: 5433,
      socketDirectory: '/var/run/postgresql',
      listenAddress: '*',
    });
  });

  it('of a server without TCP or sockets', () => {
    expect(parsePostmasterPid('1\n/data\n1795328441\n5432\n\n\n')).toMatchObject({
      socketDirectory: undefined,
      listenAddress: undefined,
    });
  });

  it('of a server that is just starting', () => {
    expect(parsePostmasterPid('77\n/data\n')).toMatchObject({
      pid: 77,
      port: undefined,
      startedAt: undefined,
    });
  });

  it.each(['', 'hello', '12\nrelative/path', '12x\n/data', '\u0000\u0001'])('is not %j', (text) => {
    expect(parsePostmasterPid(text)).toBeUndefined();
  });
});
