import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './slru.ts';

it('labels each cache', () => {
  const row = {
    slru: 'transaction',
    blks_zeroed: 1,
    blks_hit: 9,
    blks_read: 2,
    blks_written: 0,
    blks_exists: 0,
    flushes: 1,
    truncates: 0,
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_slru_blocks_hit_total{slru="transaction"} 9\n');
});

it('is not asked of servers without the view', () => {
  expect(collector.queries.map(({ minVersion }) => minVersion)).toEqual([130_000]);
});
