import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './tables.ts';

const table = { datname: 'shop', schemaname: 'public', relname: 'orders', tables: null, overdue: null };
const rest = { datname: 'shop', schemaname: null, relname: 'other', tables: 7, overdue: 1 };

it('prints tables, and the sums of the rest', () => {
  const rows = [
    { ...table, seq_scan: 4, last_vacuum: null, vacuum_ratio: 1.5 },
    { ...rest, seq_scan: 9, last_vacuum: null, vacuum_ratio: null },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain(
    'pg_stat_user_tables_seq_scan{datname="shop",schemaname="public",relname="orders"} 4\n',
  );
  expect(text).toContain('pg_stat_user_tables_seq_scan{datname="shop",relname="other"} 9\n');
  expect(text).toContain(
    'pgfleet_postgres_table_vacuum_threshold_ratio{datname="shop",schemaname="public",relname="orders"} 1.5\n',
  );
  expect(text).toContain('pgfleet_postgres_tables{datname="shop"} 7\n');
  expect(text).toContain('pgfleet_postgres_tables_over_vacuum_threshold{datname="shop"} 1\n');
  expect(text).not.toContain('last_vacuum');
});

it('asks each version for what it has', () => {
  const limits = { tables: 40, indexes: 0, statements: 0 };
  const sql = collector.queries.map((query) => query.sql(foreignFacts('', 0, 'a'), limits, []));

  expect(sql.map((text) => text.includes('n_ins_since_vacuum'))).toEqual([false, true, true, true]);
  expect(sql.map((text) => text.includes('last_idx_scan'))).toEqual([false, false, true, true]);
  expect(sql.map((text) => text.includes('autovacuum_vacuum_max_threshold'))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
