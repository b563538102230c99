import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-progress-vacuum.ts';

it('marks the phase that is on, and prints no rows of another version', () => {
  const row = {
    datname: 'shop',
    relname: 'orders',
    phase: 'vacuuming heap',
    heap_blks_total: 100,
    dead_bytes: 512,
  };

  const { text } = render(collector.samples([row]), 'text');

  const labels = 'datname="shop",relname="orders"';
  expect(text).toContain(`pg_stat_progress_vacuum_phase{${labels},phase="vacuuming heap"} 1\n`);
  expect(text).toContain(`pg_stat_progress_vacuum_phase{${labels},phase="scanning heap"} 0\n`);
  expect(text).toContain(`pg_stat_progress_vacuum_heap_blks{${labels}} 100\n`);
  expect(text).toContain(`pgfleet_postgres_vacuum_dead_tuple_bytes{${labels}} 512\n`);
  expect(text).not.toContain('max_dead_tuples');
});
