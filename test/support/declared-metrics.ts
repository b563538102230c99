import type { CollectorDeclaration } from '../../lib/collector.ts';
import { EXPOSITION_METRICS } from '../../lib/exposition.ts';
import { RUNNER_METRICS } from '../../lib/run-collectors.ts';
import { loadUnits } from '../../lib/units.ts';

/** What Prometheus, Alertmanager and prom-client export by themselves, as far as rules and dashboards use it. */
const FOREIGN = [
  'up',
  'ALERTS',
  'ALERTS_FOR_STATE',
  'scrape_duration_seconds',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_p99_seconds',
  'prometheus_build_info',
  'prometheus_tsdb_head_series',
  'prometheus_rule_evaluation_failures_total',
];

/** The names of every family that some collector, the runner or the renderer can emit. */
export async function declaredMetrics(): Promise<ReadonlySet<string>> {
  const units = await Promise.all(
    ['postgres', 'host', 'fleet'].map((exporter) =>
      loadUnits<CollectorDeclaration>(
        new URL(`../../exporters/${exporter}/collectors/`, import.meta.url),
        'collector',
      ),
    ),
  );
  const declared = units.flat().flatMap(({ value }) => value.metrics);
  return new Set([
    ...FOREIGN,
    ...[...declared, ...RUNNER_METRICS, ...EXPOSITION_METRICS].map(({ family }) => family.name),
  ]);
}
