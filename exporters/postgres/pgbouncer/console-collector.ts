import type { CollectorDeclaration } from '../../../lib/collector.ts';
import type { Labels, Metric, Sample, Value } from '../../../lib/metric.ts';
import type { Row } from '../rows.ts';

/** A collector of PgBouncer's admin console: one command, and a pure function from its rows to samples. */
export interface ConsoleCollector extends CollectorDeclaration {
  /** `SHOW POOLS`: the console knows no SQL. */
  readonly command: string;
  samples(rows: readonly Row[]): Iterable<Sample>;
}

/** A column, the metric it becomes, and the factor to the unit of the metric. */
export interface ConsoleColumn<L extends string> {
  readonly column: string;
  readonly metric: Metric<L>;
  readonly factor?: number;
}

/** One sample per row and column; a column that this version does not have makes none. */
export function* consoleSamples<L extends string>(
  rows: readonly Row[],
  columns: readonly ConsoleColumn<L>[],
  labelsOf: (row: Row) => Labels<L>,
): Generator<Sample> {
  for (const row of rows) {
    const labels = labelsOf(row);
    for (const { column, metric, factor = 1 } of columns) {
      const value = consoleNumber(row, column);
      if (value !== undefined) yield { family: metric.family, labels, value: value && value * factor };
    }
  }
}

/** A column as number, whichever type the version gives it; undefined when it is not there or holds text. */
export function consoleNumber(row: Row, column: string): Value {
  const value = row[column];
  if (value === undefined || value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** A column as label; empty when the version does not have it. */
export function consoleText(row: Row, column: string): string {
  return String(row[column] ?? '');
}
