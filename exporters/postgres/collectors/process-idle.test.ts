import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './process-idle.ts';

it('prints a histogram whose last bucket has all', () => {
  const below = { le_1: 0, le_2: 1, le_5: 1, le_15: 2, le_30: 2, le_60: 2, le_90: 2, le_120: 2, le_300: 2 };
  const row = { state: 'idle', application_name: 'psql', sessions: 3, seconds: 1010.5, ...below };

  const { text } = render(collector.samples([row]), 'text');

  const labels = 'state="idle",application_name="psql"';
  expect(text).toContain(`pg_process_idle_seconds_bucket{${labels},le="2"} 1\n`);
  expect(text).toContain(`pg_process_idle_seconds_bucket{${labels},le="+Inf"} 3\n`);
  expect(text).toContain(`pg_process_idle_seconds_sum{${labels}} 1010.5\n`);
  expect(text).toContain(`pg_process_idle_seconds_count{${labels}} 3\n`);
});
