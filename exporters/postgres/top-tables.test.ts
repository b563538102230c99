import { expect, it } from 'vitest';
import { amongFirst, heldBy } from './top-tables.ts';

it('shares the places among the measures, and takes all when they are few', () => {
  const sql = amongFirst(10, ['a', 'b', 'c'], 'oid', heldBy('oid', 'oid', []));

  expect(sql).toMatch(/^\(count\(\*\) over \(\) <= 10 or /);
  expect(sql.match(/<= 3/g)).toHaveLength(3);
  expect(sql).toContain('order by coalesce((b)::float8, 0) desc, oid)');
});

it('favours those that were chosen before', () => {
  const sql = amongFirst(10, ['a'], 'oid', heldBy('oid', 'oid', ['7', '9']));

  expect(sql).toContain(
    "coalesce((a)::float8, 0) * case when oid = any ('{7,9}'::oid[]) then 1.25 else 1 end",
  );
});

it('takes nothing into SQL that is not a number', () => {
  expect(heldBy('id', 'text', ['-5.1.2', "'); drop table t; --"])).toBe("id = any ('{-5.1.2}'::text[])");
});
