import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './indexes.ts';

it('prints indexes and the sums of the rest', () => {
  const index = { datname: 'shop', schemaname: 'public', relname: 'orders', indexrelname: 'orders_pkey' };
  const rows = [
    { ...index, indexes: null, scans: 4, last_scan: null },
    {
      ...index,
      schemaname: null,
      relname: null,
      indexrelname: 'other',
      indexes: 9,
      scans: 1,
      last_scan: null,
    },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain(
    'pgfleet_postgres_index_scans_total{datname="shop",schemaname="public",relname="orders",indexrelname="orders_pkey"} 4\n',
  );
  expect(text).toContain('pgfleet_postgres_index_scans_total{datname="shop",indexrelname="other"} 1\n');
  expect(text).toContain('pgfleet_postgres_indexes{datname="shop"} 9\n');
});
