/**
 * Source: the outcome of loading pgfleet.yml at start and at every reload
 * Shape:  two series
 * Units:  1 or 0; seconds since the epoch
 * Needs:  nothing   Cost: none
 * Absent when: never
 */
import { gauge } from '../../../lib/metric.ts';
import type { FleetCollector } from '../fleet-exporter.ts';

const successful = gauge(
  'pgfleet_config_last_reload_successful',
  'Whether the last attempt to load the configuration was taken.',
);
const loadedAt = gauge(
  'pgfleet_config_last_reload_success_timestamp_seconds',
  'When the configuration in force was loaded.',
);

export const collector = {
  name: 'config_reload',
  help: 'Whether pgfleet runs with the configuration that is in the file.',
  metrics: [successful, loadedAt],
  *samples({ config }) {
    yield successful(config.successful ? 1 : 0);
    yield loadedAt(config.loadedAt / 1000);
  },
} satisfies FleetCollector;
