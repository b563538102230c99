import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './recovery-prefetch.ts';

it('prints the counters', () => {
  const row = { prefetch: 10, hit: 20, distance: 4096, blocks: 1, io_depth: 0 };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_recovery_prefetch_blocks_total 10\n');
  expect(text).toContain('pgfleet_postgres_recovery_prefetch_wal_distance_bytes 4096\n');
});
