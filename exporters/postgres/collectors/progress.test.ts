import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './progress.ts';

it('has no share where the total is not known', () => {
  const rows = [
    { command: 'create index', datname: 'shop', phase: 'building index', commands: 2, ratio: 0.4 },
    { command: 'base backup', datname: '', phase: 'streaming database files', commands: 1, ratio: null },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain(
    'progress_ratio{command="create index",datname="shop",phase="building index"} 0.4\n',
  );
  expect(text).toContain('progress_commands{command="base backup",phase="streaming database files"} 1\n');
  expect(text).not.toContain('progress_ratio{command="base backup"');
});
