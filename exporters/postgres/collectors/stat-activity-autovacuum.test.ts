import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-activity-autovacuum.ts';

it('has a series per table at work', () => {
  const { text } = render(collector.samples([{ relname: 'orders', started: 1_700_000_000 }]), 'text');

  expect(text).toContain('pg_stat_activity_autovacuum_timestamp_seconds{relname="orders"} 1700000000\n');
});
