import { collector as patroni } from '../exporters/postgres/patroni/patroni.ts';
import { CONSOLE_COLLECTORS, CONSOLE_SELF_METRICS } from '../exporters/postgres/pgbouncer/collectors.ts';
import { SELF_METRICS } from '../exporters/postgres/self-metrics.ts';
import type { CollectorDeclaration } from '../lib/collector.ts';
import { EXPOSITION_METRICS } from '../lib/exposition.ts';
import type { MetricFamily } from '../lib/metric.ts';
import { RUNNER_METRICS } from '../lib/run-collectors.ts';
import { loadUnits } from '../lib/units.ts';

/** A family and who emits it. */
export interface DeclaredMetric {
  readonly exporter: string;
  readonly collector: string;
  readonly family: MetricFamily;
}

const EXPORTERS = ['postgres', 'host', 'fleet'] as const;

/** Every family that any collector declares, by exporter, collector and order of declaration. */
export async function declaredMetrics(): Promise<DeclaredMetric[]> {
  const declared = await Promise.all(
    EXPORTERS.map(async (exporter) => {
      const folder = new URL(`../exporters/${exporter}/collectors/`, import.meta.url);
      const units = await loadUnits<CollectorDeclaration>(folder, 'collector');
      return units.flatMap(({ value }) =>
        value.metrics.map(({ family }) => ({ exporter, collector: value.name, family })),
      );
    }),
  );
  const own = [...RUNNER_METRICS, ...EXPOSITION_METRICS].map(({ family }) => ({
    exporter: 'every exporter',
    collector: 'runner',
    family,
  }));
  const besides = [...CONSOLE_COLLECTORS, patroni].flatMap(({ name, metrics }) =>
    metrics.map(({ family }) => ({ exporter: 'postgres', collector: name, family })),
  );
  const pooler = CONSOLE_SELF_METRICS.map(({ family }) => ({
    exporter: 'postgres',
    collector: 'pgbouncer',
    family,
  }));
  const probe = SELF_METRICS.map(({ family }) => ({ exporter: 'postgres', collector: 'probe', family }));
  return [...declared.flat(), ...besides, ...pooler, ...probe, ...own];
}
