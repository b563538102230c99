import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './wraparound.ts';

it('tells ages and their share of the freeze limits', () => {
  const row = { datname: 'shop', xid_age: 150_000_000, mxid_age: 1, xid_ratio: 0.75, mxid_ratio: 0 };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_database_xid_age{datname="shop"} 150000000\n');
  expect(text).toContain('pgfleet_postgres_database_xid_freeze_ratio{datname="shop"} 0.75\n');
});
