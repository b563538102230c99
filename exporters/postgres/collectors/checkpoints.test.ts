import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './checkpoints.ts';

const before17 = { timed: 5, requested: 2, write_seconds: 1.5, sync_seconds: 0.25, buffers_written: 90 };

it.each([
  ['before 17', before17],
  [
    'from 18 on',
    {
      ...before17,
      checkpoints_done: 6,
      restartpoints_timed: 0,
      restartpoints_req: 0,
      restartpoints_done: 0,
      slru_written: 3,
    },
  ],
])('gives the same names %s', (_when, row) => {
  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_checkpoints_total{reason="timed"} 5\n');
  expect(text).toContain('pgfleet_postgres_checkpoints_total{reason="requested"} 2\n');
  expect(text).toContain('pgfleet_postgres_checkpoint_write_seconds_total 1.5\n');
});

it('does not invent what an old server does not count', () => {
  const { text } = render(collector.samples([before17]), 'text');

  expect(text).not.toContain('restartpoints_total');
  expect(text).not.toContain('checkpoints_done_total');
});
