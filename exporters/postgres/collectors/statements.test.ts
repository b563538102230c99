import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './statements.ts';

const limits = { tables: 0, indexes: 0, statements: 40 };

function sqlFor(version: string): string {
  const extensions = new Map([['pg_stat_statements', { version, schema: '"My Ext"' }]]);
  return collector.queries[0]?.sql({ ...foreignFacts('', 180_000, 'a'), extensions }, limits, []) ?? '';
}

it('follows the version of the extension, not of the server', () => {
  expect(sqlFor('1.4')).toContain('total_time / 1000');
  expect(sqlFor('1.4')).not.toMatch(/wal_bytes|jit_|pg_stat_statements_info/);
  expect(sqlFor('1.8')).toContain('total_exec_time / 1000');
  expect(sqlFor('1.9')).toContain('"My Ext".pg_stat_statements_info');
  expect(sqlFor('1.10')).toContain('jit_emission_time');
  expect(sqlFor('1.10')).toContain('sum(blk_read_time / 1000)');
  expect(sqlFor('1.12')).toContain('sum(shared_blk_read_time / 1000)');
});

it('never asks for texts', () => {
  expect(sqlFor('1.11')).toContain('from "My Ext".pg_stat_statements(false)');
  expect(sqlFor('1.11')).not.toContain('query,');
});

it('prints statements and the sums of the rest', () => {
  const rows = [
    { user: 'app', datname: 'shop', queryid: '-6172453', entries: null, dealloc: null, calls: 4 },
    { user: null, datname: null, queryid: 'other', entries: 210, dealloc: 3, calls: 90 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pg_stat_statements_calls_total{user="app",datname="shop",queryid="-6172453"} 4\n');
  expect(text).toContain('pg_stat_statements_calls_total{queryid="other"} 90\n');
  expect(text).toContain('pgfleet_postgres_statements 210\n');
  expect(text).toContain('pgfleet_postgres_statements_evictions_total 3\n');
});
