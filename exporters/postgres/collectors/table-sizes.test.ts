import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './table-sizes.ts';

it('prints sizes, and how many tables were left alone', () => {
  const rows = [
    {
      datname: 'shop',
      schemaname: 'public',
      relname: 'orders',
      table_size: 8192,
      index_size: 16_384,
      skipped: null,
    },
    { datname: 'shop', schemaname: null, relname: null, table_size: null, index_size: null, skipped: 1 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  const labels = 'datname="shop",schemaname="public",relname="orders"';
  expect(text).toContain(`pg_stat_user_tables_table_size_bytes{${labels}} 8192\n`);
  expect(text).toContain(`pg_stat_user_tables_index_size_bytes{${labels}} 16384\n`);
  expect(text).toContain('pgfleet_postgres_table_sizes_skipped{datname="shop"} 1\n');
});
