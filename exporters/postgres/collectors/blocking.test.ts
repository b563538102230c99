import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './blocking.ts';

it('counts blocked sessions, their roots, and zero where nobody waits', () => {
  const rows = [
    { side: 'blocked', datname: 'shop', state: null, sessions: 3, seconds: 12.5 },
    { side: 'root', datname: 'shop', state: 'idle in transaction', sessions: 1, seconds: 90 },
    { side: 'database', datname: 'shop', state: null, sessions: 0, seconds: null },
    { side: 'database', datname: 'crm', state: null, sessions: 0, seconds: null },
  ];

  const { text, duplicates } = render(collector.samples(rows), 'text');

  expect(duplicates).toBe(0);
  expect(text).toContain('pgfleet_postgres_blocked_sessions{datname="shop"} 3\n');
  expect(text).toContain('pgfleet_postgres_blocked_sessions{datname="crm"} 0\n');
  expect(text).toContain(
    'pgfleet_postgres_blocking_sessions{datname="shop",state="idle in transaction"} 1\n',
  );
  expect(text).not.toContain('longest_seconds{datname="crm"}');
});
