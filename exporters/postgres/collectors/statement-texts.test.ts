import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './statement-texts.ts';

const limits = { tables: 0, indexes: 0, statements: 40 };

it('is off unless asked for, and not part of the scrape', () => {
  expect(collector).toMatchObject({ enabledByDefault: false, aside: true });
});

it('asks for the texts of the most expensive statements, and for none with a password', () => {
  const extensions = new Map([['pg_stat_statements', { version: '1.10', schema: '"My Ext"' }]]);

  const sql = collector.queries[0]?.sql({ ...foreignFacts('', 180_000, 'a'), extensions }, limits) ?? '';

  expect(sql).toContain('from "My Ext".pg_stat_statements(true)');
  expect(sql).toContain("query !~* 'password'");
  expect(sql).toContain('count(*) over () <= 80');
});

it('prints each text once', () => {
  const rows = [{ queryid: '-6172453', query: 'select "a"\nfrom t where b = $1' }];

  const { text } = render([...collector.samples(rows)], 'text');

  expect(text).toContain(
    'pg_stat_statements_query_id{queryid="-6172453",query="select \\"a\\"\\nfrom t where b = $1"} 1\n',
  );
});
