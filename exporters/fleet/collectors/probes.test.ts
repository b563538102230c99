import { expect, it } from 'vitest';
import { render } from '../../../lib/exposition.ts';
import { fleetInput } from '../../../test/support/fleet-input.ts';
import { collector } from './probes.ts';

const { now } = fleetInput();
const record = {
  up: true,
  at: now - 5000,
  durationMs: 20,
  version: undefined,
  role: undefined,
  error: undefined,
};

it('counts targets by state, one that was never probed apart', () => {
  const probes = [
    { kind: 'postgres' as const, target: 'a', record },
    { kind: 'postgres' as const, target: 'b', record: { ...record, up: false, durationMs: 1500 } },
    { kind: 'postgres' as const, target: 'c', record: undefined },
  ];

  const { text } = render(collector.samples(fleetInput({ probes })), 'text');

  for (const state of ['up', 'down', 'never']) {
    expect(text).toContain(`pgfleet_probe_targets{kind="postgres",state="${state}"} 1\n`);
  }
  expect(text).toContain('pgfleet_probe_slowest_duration_seconds{kind="postgres"} 1.5\n');
  expect(text).not.toContain('kind="host"');
});
