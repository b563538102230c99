import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './public-schema.ts';

it('says yes and no, and nothing without the schema', () => {
  const rows = [
    { datname: 'old', writable: true },
    { datname: 'new', writable: false },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pgfleet_postgres_public_schema_writable{datname="old"} 1\n');
  expect(text).toContain('pgfleet_postgres_public_schema_writable{datname="new"} 0\n');
  expect(render(collector.samples([]), 'text').text).toBe('');
});
