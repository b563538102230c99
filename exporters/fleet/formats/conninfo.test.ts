import { describe, expect, it } from 'vitest';
import { endpointsOf } from './conninfo.ts';

describe('endpoints of a connection string', () => {
  it.each([
    ['host=db1 port=5433 user=x password=hunter2', ['db1:5433']],
    ["user=x password='hun ter2 host=evil' host = 10.0.0.5", ['10.0.0.5:5432']],
    ["password='it\\'s host=no' host='db 1'", ['db 1:5432']],
    ['host=db1,db2,db3 port=5432,5433', ['db1:5432', 'db2:5433', 'db3:5432']],
    ['host=db1,db2 port=6000', ['db1:6000', 'db2:6000']],
    ['hostaddr=10.0.0.9 host=db1', ['10.0.0.9:5432']],
    ['host=/var/run/postgresql', ['/var/run/postgresql:5432']],
    ['dbname=x', []],
    ['', []],
    ['host=', []],
    ['postgresql://bob:hunter2@db1/x', ['db1:5432']],
    ['postgres://db1:5433,db2/x?sslmode=require', ['db1:5433', 'db2:5432']],
    ['postgresql://[2001:db8::1]:5433/x', ['2001:db8::1:5433']],
    ['postgresql:///x?host=db9&port=5439', ['db9:5439']],
    ['postgresql://%2Fvar%2Frun/x', ['/var/run:5432']],
    ['postgresql://%ZZ/x', ['%ZZ:5432']],
    ['host=db1 port=nonsense', ['db1:5432']],
    ['host=db1 port=99999', []],
    ['not a connection string', []],
  ])('%j', (text, expected) => {
    expect(endpointsOf(text).map(({ host, port }) => `${host}:${port}`)).toEqual(expected);
  });

  it('never contain a password', () => {
    for (const text of [
      'postgresql://u:hunter2@h/x',
      'host=h password=hunter2',
      "password='hunter2' host=h",
    ]) {
      expect(JSON.stringify(endpointsOf(text))).not.toContain('hunter2');
    }
  });
});
