import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './hba.ts';

it('tells lines by method and reach, and counts those that cannot be read', () => {
  const rows = [
    { type: 'host', method: 'trust', reach: 'any', lines: 1, errors: 0 },
    { type: '', method: '', reach: 'network', lines: 0, errors: 2 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pgfleet_postgres_hba_lines{type="host",method="trust",reach="any"} 1\n');
  expect(text).toContain('pgfleet_postgres_hba_errors 2\n');
});

it('says zero errors for a file in order', () => {
  expect(render(collector.samples([]), 'text').text).toContain('pgfleet_postgres_hba_errors 0\n');
});
