import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-archiver.ts';

it('tells a failing archiver', () => {
  const row = { archived: 4, failed: 2, last_age: 600, last_archived: 1, last_failed: 2, failing: true };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pg_stat_archiver_failed_count 2\n');
  expect(text).toContain('pgfleet_postgres_archiver_failing 1\n');
});

it('knows nothing before the first file', () => {
  const row = {
    archived: 0,
    failed: 0,
    last_age: null,
    last_archived: null,
    last_failed: null,
    failing: null,
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text.match(/^pg\S* \S+$/gm)).toEqual([
    'pg_stat_archiver_archived_count 0',
    'pg_stat_archiver_failed_count 0',
  ]);
});
