import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { collector } from './settings-state.ts';

it('tells what waits for a restart, and a hash that fits a float', () => {
  const { text } = render(collector.samples([{ pending: 2, hash: 2 ** 48 - 1, changed: 11 }]), 'text');

  expect(text).toContain('pgfleet_postgres_settings_pending_restart 2\n');
  expect(text).toContain('pgfleet_postgres_settings_hash 281474976710655\n');
});
