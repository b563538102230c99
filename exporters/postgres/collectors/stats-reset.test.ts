import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stats-reset.ts';

it('has no sample for a view that was never reset', () => {
  const rows = [
    { view: 'pg_stat_wal', reset: 1_700_000_000 },
    { view: 'pg_stat_slru', reset: null },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('{view="pg_stat_wal"} 1700000000\n');
  expect(text).not.toContain('pg_stat_slru');
});

it('asks each version only for the views it has', () => {
  const sqlOf = (version: number) =>
    collector.queries.filter(({ minVersion }) => minVersion <= version).at(-1)?.sql ?? '';

  expect(sqlOf(130_023)).toContain('pg_stat_slru');
  expect(sqlOf(130_023)).not.toContain('pg_stat_wal');
  expect(sqlOf(180_004)).toContain('pg_stat_checkpointer');
});
