import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './archive-backlog.ts';

it('counts the files that wait', () => {
  const { text } = render(collector.samples([{ files: 12, oldest: 340.5 }]), 'text');

  expect(text).toContain('pgfleet_postgres_archive_backlog_files 12\n');
  expect(text).toContain('pgfleet_postgres_archive_backlog_oldest_seconds 340.5\n');
});

it('has no age when nothing waits', () => {
  const { text } = render(collector.samples([{ files: 0, oldest: null }]), 'text');

  expect(text).toContain('pgfleet_postgres_archive_backlog_files 0\n');
  expect(text).not.toContain('oldest');
});
