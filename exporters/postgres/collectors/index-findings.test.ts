import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './index-findings.ts';

it('counts findings and names the largest', () => {
  const none = { schemaname: null, relname: null, indexrelname: null, named: null };
  const rows = [
    {
      datname: 'shop',
      finding: 'unused',
      schemaname: 'public',
      relname: 'orders',
      indexrelname: 'i',
      named: 8192,
      count: null,
      bytes: null,
    },
    { datname: 'shop', finding: 'unused', ...none, count: 1, bytes: 8192 },
    { datname: 'shop', finding: 'invalid', ...none, count: 0, bytes: 0 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pgfleet_postgres_index_findings{datname="shop",finding="unused"} 1\n');
  expect(text).toContain('pgfleet_postgres_index_findings{datname="shop",finding="invalid"} 0\n');
  expect(text).toContain(
    'pgfleet_postgres_index_finding_bytes{datname="shop",schemaname="public",relname="orders",indexrelname="i",finding="unused"} 8192\n',
  );
});
