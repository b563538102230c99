import { Registry } from 'prom-client';
import { collector as patroni } from '../../exporters/postgres/patroni/patroni.ts';
import { CONSOLE_COLLECTORS, CONSOLE_SELF_METRICS } from '../../exporters/postgres/pgbouncer/collectors.ts';
import { SELF_METRICS } from '../../exporters/postgres/self-metrics.ts';
import type { CollectorDeclaration } from '../../lib/collector.ts';
import { EXPOSITION_METRICS } from '../../lib/exposition.ts';
import { RUNNER_METRICS } from '../../lib/run-collectors.ts';
import { loadUnits } from '../../lib/units.ts';
import { createMetrics, type MetricSources, registerStoreGauges } from '../../notifier/metrics.ts';

/** What Prometheus, Alertmanager and prom-client export by themselves, as far as rules and dashboards use it. */
const FOREIGN = [
  'up',
  'ALERTS',
  'ALERTS_FOR_STATE',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_p99_seconds',
];

/** Families named at run time, one for each setting of the server. */
interface WithPrefix extends CollectorDeclaration {
  readonly familyPrefix?: string;
}

export interface DeclaredMetrics {
  has(name: string): boolean;
}

/** Every family that some collector, the runner, the renderer or the notifier can emit. */
export async function declaredMetrics(): Promise<DeclaredMetrics> {
  const units = await Promise.all(
    ['postgres', 'host', 'fleet'].map((exporter) =>
      loadUnits<WithPrefix>(new URL(`../../exporters/${exporter}/collectors/`, import.meta.url), 'collector'),
    ),
  );
  const collectors = units.flat().map(({ value }) => value);
  const declared = [
    ...collectors.flatMap(({ metrics }) => metrics),
    ...CONSOLE_COLLECTORS.flatMap(({ metrics }) => metrics),
    ...patroni.metrics,
    ...CONSOLE_SELF_METRICS,
    ...RUNNER_METRICS,
    ...EXPOSITION_METRICS,
    ...SELF_METRICS,
  ];
  const names = new Set([...FOREIGN, ...declared.map(({ family }) => family.name), ...notifierMetrics()]);
  const prefixes = collectors.flatMap(({ familyPrefix }) => familyPrefix ?? []);
  return { has: (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix)) };
}

/** The notifier counts with prom-client; its gauges read nothing before they are scraped. */
function notifierMetrics(): string[] {
  const registry = new Registry();
  registerStoreGauges(registry, {} as MetricSources, createMetrics(registry));
  return registry
    .getMetricsAsArray()
    .flatMap(({ name, type }) =>
      String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
}
