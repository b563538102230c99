import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './long-running-transactions.ts';

it('counts transactions, and has no age without one', () => {
  const { text } = render(collector.samples([{ transactions: 0, oldest: null }]), 'text');

  expect(text).toContain('pg_long_running_transactions 0\n');
  expect(text).not.toContain('oldest');
});
