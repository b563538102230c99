import { expect, it } from 'vitest';
import { amongFirst } from './top-tables.ts';

it('shares the places among the measures, and takes all when they are few', () => {
  const sql = amongFirst(10, ['a', 'b', 'c'], 'oid');

  expect(sql).toMatch(/^\(count\(\*\) over \(\) <= 10 or /);
  expect(sql.match(/<= 3/g)).toHaveLength(3);
  expect(sql).toContain('order by floor(4 * ln(1 + greatest(coalesce((b)::float8, 0), 0))) desc, oid)');
});
