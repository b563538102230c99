import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './connection-limits.ts';

it('tells limits of databases from those of roles', () => {
  const rows = [
    { kind: 'database', name: 'shop', connections: 20 },
    { kind: 'role', name: 'app', connections: -1 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text).toContain('pg_database_connection_limit{datname="shop"} 20\n');
  expect(text).toContain('pg_roles_connection_limit{rolname="app"} -1\n');
});
