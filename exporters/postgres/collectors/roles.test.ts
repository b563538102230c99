import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './roles.ts';

it('prints what roles may do, when they expire, and how passwords are stored', () => {
  const rows = [
    { kind: 'attribute', name: 'all', value: 7 },
    { kind: 'attribute', name: 'superuser', value: 2 },
    { kind: 'expiry', name: 'app "x"', value: 1_800_000_000 },
    { kind: 'encryption', name: 'scram-sha-256', value: 1 },
  ];

  const { text } = render(collector.samples(rows), 'text');

  expect(text.match(/^pgfleet\S* ?\S* \S+$/gm)).toEqual([
    'pgfleet_postgres_login_roles{attribute="all"} 7',
    'pgfleet_postgres_login_roles{attribute="superuser"} 2',
    'pgfleet_postgres_role_valid_until_timestamp_seconds{rolname="app \\"x\\""} 1800000000',
    'pgfleet_postgres_password_encryption_info{method="scram-sha-256"} 1',
  ]);
});
