/**
 * Metric families and samples as plain values. A collector declares its families once and calls
 * them to make samples: `const load1 = gauge('node_load1', '1m load average.')`, then `load1(0.21)`
 * or, with labels, `commits({ datname }, 42)`.
 */

export type MetricType = 'counter' | 'gauge' | 'untyped';

/** What a scrape says about a family before its samples. Help is one sentence with a full stop. */
export interface MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
}

/** A value that the source did not give (SQL NULL, a missing line) makes no sample: never a zero. */
export type Value = number | null | undefined;

/** Label values by label name; an empty string means the label is absent. */
export type Labels<L extends string = string> = Readonly<Record<L, string>>;

export interface Sample {
  readonly family: MetricFamily;
  /** Reuse one object for all samples of a row: the renderer prints equal objects once. */
  readonly labels: Labels;
  readonly value: Value;
}

/** A family that can be called to make its samples. */
export interface Metric<L extends string = never> {
  (...args: [L] extends [never] ? [value: Value] : [labels: Labels<L>, value: Value]): Sample;
  readonly family: MetricFamily;
}

/** Any metric, whatever its labels: for lists of declarations. */
export interface AnyMetric {
  readonly family: MetricFamily;
}

/** A quantity that goes up and down. */
export function gauge<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): Metric<L> {
  return metric(name, 'gauge', help, labels);
}

/** A quantity that only grows until its source restarts; new names end in `_total`. */
export function counter<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): Metric<L> {
  return metric(name, 'counter', help, labels);
}

/** For names whose peer exports them untyped; ours are gauges or counters. */
export function untyped<const L extends string = never>(
  name: string,
  help: string,
  labels: readonly L[] = [],
): Metric<L> {
  return metric(name, 'untyped', help, labels);
}

const NO_LABELS: Labels = {};

function metric<L extends string>(
  name: string,
  type: MetricType,
  help: string,
  labels: readonly L[],
): Metric<L> {
  const family: MetricFamily = { name, type, help, labels };
  const make =
    labels.length === 0
      ? (value: Value): Sample => ({ family, labels: NO_LABELS, value })
      : (values: Labels, value: Value): Sample => ({ family, labels: values, value });
  // The two shapes of the call follow from `labels`, which the compiler cannot see here.
  return Object.assign(make, { family }) as unknown as Metric<L>;
}
