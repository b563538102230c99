import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './subscriptions.ts';

it('tells a subscription whose worker does not run', () => {
  const row = {
    subname: 'orders',
    running: 0,
    syncing: 0,
    message_age: null,
    unreported: null,
    apply_errors: 7,
  };

  const { text } = render(collector.samples([row]), 'text');

  expect(text).toContain('pgfleet_postgres_subscription_running{subname="orders"} 0\n');
  expect(text).toContain('pgfleet_postgres_subscription_apply_errors_total{subname="orders"} 7\n');
  expect(text).not.toContain('last_message');
});

it('tells conflicts by their kind, where the server counts them', () => {
  const { text } = render(
    collector.samples([{ subname: 'orders', insert_exists: 3, update_missing: 0 }]),
    'text',
  );

  expect(text).toContain(
    'pgfleet_postgres_subscription_conflicts_total{subname="orders",conflict="insert_exists"} 3\n',
  );
  expect(text).not.toContain('delete_missing');
});
