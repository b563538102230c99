import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { foreignFacts } from '../facts.ts';
import { collector } from './buffercache-summary.ts';

it('names the schema of the extension', () => {
  const facts = {
    ...foreignFacts('', 160_000, 'a'),
    extensions: new Map([['pg_buffercache', { version: '1.4', schema: '"My Ext"' }]]),
  };

  expect(collector.queries[0]?.sql(facts)).toContain('from "My Ext".pg_buffercache_summary()');
});

it('prints the summary', () => {
  const row = {
    buffers_used: 10,
    buffers_unused: 5,
    buffers_dirty: 2,
    buffers_pinned: 0,
    usagecount_avg: 1.5,
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pg_buffercache_summary_buffers_used 10\n');
  expect(text).toContain('pg_buffercache_summary_usagecount_avg 1.5\n');
});
