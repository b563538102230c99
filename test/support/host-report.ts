import type { HostCollector } from '../../exporters/host/host-collector.ts';
import { type Readings, readAll } from '../../exporters/host/report-samples.ts';
import { gauge, type Sample } from '../../lib/metric.ts';
import { hostInput } from './host.ts';

/** A sample as a test gives it: family, labels and value. */
export type Given = readonly [
  family: string,
  labels: Readonly<Record<string, string>>,
  value: number | undefined,
];

/** A collector that gives these samples, and then fails with `error` if there is one. */
export function givenCollector(name: string, given: readonly Given[], error?: Error): HostCollector {
  return {
    ...{ name, help: 'Given by a test.', metrics: [], sections: [], tier: 'fast' },
    *samples() {
      for (const one of given) yield sampleOf(one);
      if (error !== undefined) throw error;
    },
  };
}

/** Readings made of these samples. */
export function readingsOf(...given: readonly Given[]): Readings {
  return readAll([givenCollector('given', given)], hostInput({}));
}

export function sampleOf([name, labels, value]: Given): Sample {
  return { family: gauge(name, 'X.').family, labels, value };
}
