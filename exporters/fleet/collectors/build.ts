/**
 * Source: the running program
 * Shape:  one series
 * Units:  always 1
 * Needs:  nothing   Cost: none
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import type { FleetCollector } from '../fleet-exporter.ts';

const buildInfo = gauge('pgfleet_build_info', 'Version of pgfleet that runs, always 1.', ['version']);

export const collector = {
  name: 'build',
  help: 'Which version of pgfleet runs.',
  metrics: [buildInfo],
  *samples({ version }) {
    yield buildInfo({ version }, 1);
  },
} satisfies FleetCollector;
