import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './superuser-sessions.ts';

it('counts sessions of each superuser, and says nothing where some are hidden', () => {
  const rows = [
    { usename: 'admin', sessions: null },
    { usename: 'app', sessions: 4 },
    { usename: 'postgres', sessions: 0 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'pgfleet_postgres_superuser_sessions{usename="app"} 4',
    'pgfleet_postgres_superuser_sessions{usename="postgres"} 0',
  ]);
});
