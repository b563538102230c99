import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './locks.ts';

it('counts locks of databases, and awaited ones of everything', () => {
  const rows = [
    { datname: 'shop', mode: 'exclusivelock', locks: 3, waiting: 1 },
    { datname: null, mode: 'sharelock', locks: 2, waiting: 2 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pg_locks_count{datname="shop",mode="exclusivelock"} 3\n');
  expect(text).not.toContain('pg_locks_count{mode=');
  expect(text).toContain('pgfleet_postgres_locks_awaited{datname="shop",mode="exclusivelock"} 1\n');
  expect(text).toContain('pgfleet_postgres_locks_awaited{mode="sharelock"} 2\n');
});
