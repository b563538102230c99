/**
 * Source: the run of capture.sh itself
 * Shape:  its first and last line and the end line of each section
 * Units:  seconds, bytes
 * Needs:  nothing   Cost: none
 * Absent when: pgfleet_host_error, of a capture that arrived; pgfleet_host_capture_age_seconds, of one made
 *         just now; the tiers, before their first run; the coverage, of a capture that failed
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import { COVERAGE_METRICS } from '../coverage.ts';
import type { HostCollector } from '../host-collector.ts';
import type { HostErrorReason } from '../host-error.ts';
import { NODE_SCRAPE_METRICS } from '../node-scrape.ts';
import type { SlowTierState } from '../slow-tier.ts';

const up = gauge('pgfleet_host_up', 'Whether the last capture of the host succeeded.');
const error = gauge('pgfleet_host_error', 'Why the last capture of the host failed, always 1.', ['reason']);
const complete = gauge('pgfleet_host_capture_complete', 'Whether the capture arrived to its end.');
const duration = gauge(
  'pgfleet_host_capture_duration_seconds',
  'Time from the request of the capture to its last line.',
);
const bytes = gauge('pgfleet_host_capture_bytes', 'Size of the capture.');
const age = gauge(
  'pgfleet_host_capture_age_seconds',
  'Age of a capture that was recorded earlier, by the clock of the host.',
);
const sections = gauge('pgfleet_host_sections', 'Sections of the capture, by how reading them went.', [
  'status',
]);
const tierAge = gauge('pgfleet_host_tier_age_seconds', 'Age of the results of a slow tier.', ['tier']);
const tierSuccess = gauge('pgfleet_host_tier_success', 'Whether the last run of a slow tier succeeded.', [
  'tier',
]);

export const collector = {
  name: 'capture',
  help: 'Whether the host answers, and how completely.',
  metrics: [
    up,
    error,
    complete,
    duration,
    bytes,
    age,
    sections,
    tierAge,
    tierSuccess,
    ...COVERAGE_METRICS,
    ...NODE_SCRAPE_METRICS,
  ],
  sections: [],
  tier: 'fast',
  *samples({ arrival, header, now }) {
    yield up(1);
    yield complete(Number(arrival.complete));
    yield duration(arrival.live ? arrival.durationSeconds : undefined);
    yield bytes(arrival.bytes);
    yield age(arrival.live || header.time === undefined ? undefined : Math.max(0, now - header.time));
    for (const [status, count] of arrival.statuses) yield sections({ status }, count);
  },
} satisfies HostCollector;

/** What is left to say of a host without a capture. */
export function failure(reason: HostErrorReason): Sample[] {
  return [up(0), error({ reason }, 1)];
}

/** The cached samples of a slow tier, with its age. */
export function tierSamples({ tier, samples, ageSeconds, success }: SlowTierState): Sample[] {
  const ok = success === undefined ? undefined : Number(success);
  return [...samples, tierAge({ tier }, ageSeconds), tierSuccess({ tier }, ok)];
}
