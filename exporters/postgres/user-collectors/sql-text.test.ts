import { describe, expect, it } from 'vitest';
import { sqlProblem, trimSql } from './sql-text.ts';

it.each([
  'select 1',
  '  SELECT 1;\n',
  '(select 1) union all (select 2)',
  'with x as (select 1) select * from x',
  'values (1)',
  'table orders',
  'show server_version',
  '-- a comment; with a semicolon\nselect 1',
  '/* delete; */ select 1 -- ;',
  'select \';\' as text, "a;b" from t',
  "select 'it''s; fine'",
  'select $$ a; b $$, $tag$ c; $$ d $tag$',
])('takes %j', (sql) => {
  expect(sqlProblem(sql)).toBeUndefined();
});

describe('refuses', () => {
  it.each(['', '  ', '-- nothing', ';'])('%j, which is nothing', (sql) => {
    expect(sqlProblem(sql)).toBe('expected SQL, found nothing');
  });

  it.each(['select 1; select 2', "select 'a'; drop table t", 'select $$a$$; commit', 'select 1;;select 2'])(
    'a second statement: %j',
    (sql) => {
      expect(sqlProblem(sql)).toContain('semicolon');
    },
  );

  it.each([
    'delete from t',
    'set search_path = x',
    'begin',
    'explain analyze delete from t',
    'selects 1',
    "'select'",
    'do $$ select 1 $$',
  ])('another command: %j', (sql) => {
    expect(sqlProblem(sql)).toContain('only reads');
  });
});

it('drops the semicolon at the end', () => {
  expect(trimSql(' select 1 ;\n ')).toBe('select 1');
});
