import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { fleetInput } from '../../../test/support/fleet-input.ts';
import { collector } from './config-reload.ts';

it.each([
  [true, 1],
  [false, 0],
])('says whether the last reload was taken: %s', (successful, value) => {
  const { text } = render(collector.samples(fleetInput({ config: { successful, loadedAt: 5000 } })), 'text');

  expect(text).toContain(`pgfleet_config_last_reload_successful ${value}\n`);
  expect(text).toContain('pgfleet_config_last_reload_success_timestamp_seconds 5\n');
});
