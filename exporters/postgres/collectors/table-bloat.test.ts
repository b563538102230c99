import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './table-bloat.ts';

it('prints what is wasted, and how many tables it knows nothing of', () => {
  const rows = [
    { datname: 'shop', schemaname: 'public', relname: 'orders', bloat: 8_388_608, unknown: null },
    { datname: 'shop', schemaname: null, relname: null, bloat: null, unknown: 2 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text.match(/^pgfleet\S* \S+$/gm)).toEqual([
    'pgfleet_postgres_table_bloat_bytes{datname="shop",schemaname="public",relname="orders"} 8388608',
    'pgfleet_postgres_table_bloat_unknown{datname="shop"} 2',
  ]);
});
