import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-checkpointer.ts';

it('prints what the version has', () => {
  const { text } = render(
    collector.samples([{ num_timed: 5, restartpoints_done: 1, stats_reset: null }]),
    'text',
  );

  expect(text.match(/^pg\S* \S+$/gm)).toEqual([
    'pg_stat_checkpointer_num_timed_total 5',
    'pg_stat_checkpointer_restartpoints_done_total 1',
  ]);
});
