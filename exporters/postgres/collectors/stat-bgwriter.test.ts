import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './stat-bgwriter.ts';

it('prints what the version has', () => {
  const { text } = render(collector.samples([{ checkpoints_timed: 5, buffers_clean: 7 }]), 'text');

  expect(text.match(/^pg\S* \S+$/gm)).toEqual([
    'pg_stat_bgwriter_checkpoints_timed_total 5',
    'pg_stat_bgwriter_buffers_clean_total 7',
  ]);
});

it('keeps the checkpoints from 17 on', () => {
  const [before, since, ...later] = collector.queries;

  expect(before?.maxVersion).toBe(since?.minVersion);
  for (const query of [since, ...later]) {
    expect(query?.sql).toContain('num_timed as checkpoints_timed');
    expect(query?.sql).toContain('as buffers_backend_fsync');
  }
});
