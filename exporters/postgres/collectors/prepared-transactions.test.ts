import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './prepared-transactions.ts';

it('counts zero where there is none and then has no age', () => {
  const rows = [
    { datname: 'shop', transactions: 1, oldest_seconds: 3600, oldest_xids: 12 },
    { datname: 'crm', transactions: 0, oldest_seconds: null, oldest_xids: null },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pgfleet_postgres_prepared_transactions{datname="crm"} 0\n');
  expect(text).toContain('pgfleet_postgres_prepared_transactions_oldest_seconds{datname="shop"} 3600\n');
  expect(text).not.toContain('oldest_seconds{datname="crm"}');
});
