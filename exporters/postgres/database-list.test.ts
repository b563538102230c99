import { expect, it } from 'vitest';
import { chooseDatabases } from './database-list.ts';

const rows = ['postgres', 'template1', 'shop', 'shop_test', 'a.b', 'rdsadmin', 'new\nline'].map(
  (datname) => ({
    datname,
    template: datname.startsWith('template'),
  }),
);

it.each([
  [[], [], ['postgres', 'shop', 'shop_test', 'a.b', 'new\nline']],
  [['shop*'], [], ['shop', 'shop_test']],
  [['*'], ['*_test', 'rds*'], ['postgres', 'template1', 'shop', 'a.b', 'new\nline']],
  [[], ['*.b', 'new*', 'post'], ['postgres', 'shop', 'shop_test']],
  [['a?b'], [], []],
])('include %j, exclude %j', (include, exclude, expected) => {
  expect(chooseDatabases(rows, { include, exclude })).toEqual(expected);
});
