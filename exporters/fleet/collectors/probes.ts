/**
 * Source: outcome of the last probe of every declared target, as this process remembers it
 * Shape:  per kind of target (postgres, host): counts by state, newest success, oldest and slowest probe
 * Units:  targets; seconds since the epoch; seconds
 * Needs:  nothing   Cost: none
 * Absent when: no target of the kind is declared; the times before the first probe
 */
import { gauge, type Sample } from '../../../lib/metric.ts';
import type { FleetCollector, TargetProbe } from '../fleet-exporter.ts';

const targets = gauge(
  'pgfleet_probe_targets',
  'Declared targets by the outcome of their last probe; never: not probed since pgfleet started.',
  ['kind', 'state'],
);
const lastSuccess = gauge(
  'pgfleet_probe_last_success_timestamp_seconds',
  'When a target of the kind was last probed with success.',
  ['kind'],
);
const oldest = gauge(
  'pgfleet_probe_oldest_age_seconds',
  'Time since the probe of the target that waits longest for its next one.',
  ['kind'],
);
const slowest = gauge(
  'pgfleet_probe_slowest_duration_seconds',
  'Longest duration among the last probes of the targets.',
  ['kind'],
);

export const collector = {
  name: 'probes',
  help: 'Whether pgfleet is asked about all its targets and answers in time.',
  metrics: [targets, lastSuccess, oldest, slowest],
  *samples({ probes, now }) {
    for (const kind of ['postgres', 'host'] as const) {
      const ofKind = probes.filter((probe) => probe.kind === kind);
      if (ofKind.length > 0) yield* kindSamples(kind, ofKind, now);
    }
  },
} satisfies FleetCollector;

function* kindSamples(kind: string, probes: readonly TargetProbe[], now: number): Iterable<Sample> {
  const records = probes.flatMap(({ record }) => (record === undefined ? [] : [record]));
  const up = records.filter((record) => record.up);
  yield targets({ kind, state: 'up' }, up.length);
  yield targets({ kind, state: 'down' }, records.length - up.length);
  yield targets({ kind, state: 'never' }, probes.length - records.length);
  if (up.length > 0) yield lastSuccess({ kind }, max(up.map(({ at }) => at)) / 1000);
  if (records.length === 0) return;
  yield oldest({ kind }, Math.max(0, max(records.map(({ at }) => now - at))) / 1000);
  yield slowest({ kind }, max(records.map(({ durationMs }) => durationMs)) / 1000);
}

function max(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
