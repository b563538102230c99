import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './database-size.ts';

it('has a series per database that it may measure', () => {
  const { text } = render(collector.samples([{ datname: 'shop', size: 8_000_000 }]), 'text');

  expect(text).toContain('pg_database_size_bytes{datname="shop"} 8000000\n');
});

it('asks only for databases that it may connect to, or all as member of pg_read_all_stats', () => {
  expect(collector.queries[0]?.sql).toContain("has_database_privilege(oid, 'connect')");
  expect(collector.queries[0]?.sql).not.toContain('pg_read_all_stats');
  expect(collector.queries[1]?.sql).toContain('pg_read_all_stats');
});
