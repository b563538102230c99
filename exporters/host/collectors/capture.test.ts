import { expect, it } from 'vitest';
import { collect, hostInput, print } from '../../../test/support/host.ts';
import { collector, failure, tierSamples } from './capture.ts';

it('exports how the capture went', () => {
  expect(collect(collector, {})).toEqual([
    'pgfleet_host_up 1',
    'pgfleet_host_capture_complete 1',
    'pgfleet_host_capture_duration_seconds 0.5',
    'pgfleet_host_capture_bytes 5',
    'pgfleet_host_sections{status="ok"} 1',
  ]);
});

it('exports the age of a recorded capture by the clock of the host', () => {
  const { arrival } = hostInput({});
  const samples = collect(collector, {}, { arrival: { ...arrival, live: false } });

  expect(samples).toContain('pgfleet_host_capture_age_seconds 99.5');
  expect(samples.join()).not.toContain('duration');
});

it('exports the reason of a failure', () => {
  expect(failure('host_key').flatMap(print)).toEqual([
    'pgfleet_host_up 0',
    'pgfleet_host_error{reason="host_key"} 1',
  ]);
});

it('says nothing of a tier before its first run', () => {
  const state = {
    tier: 'inventory',
    samples: [],
    ageSeconds: undefined,
    success: undefined,
    error: undefined,
  } as const;

  expect(tierSamples(state).flatMap(print)).toEqual([]);
  expect(tierSamples({ ...state, ageSeconds: 5, success: false }).flatMap(print)).toEqual([
    'pgfleet_host_tier_age_seconds{tier="inventory"} 5',
    'pgfleet_host_tier_success{tier="inventory"} 0',
  ]);
});
