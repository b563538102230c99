import { ParseError } from '../../lib/errors.ts';
import type { Labels, Metric, Sample, Value } from '../../lib/metric.ts';

/** One row of a result: int8 and numeric are numbers, everything that is not a number or boolean is text. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** A numeric or boolean column (true is 1); null when SQL says NULL. Throws ParseError for text and missing columns. */
export function numberOf(row: Row, column: string): Value {
  const value = row[column];
  if (typeof value === 'number' || value === null) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new ParseError(`column ${column}`, 'a number', String(value));
}

/** A column as label value; NULL is the empty text, which Prometheus takes as no label. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined) throw new ParseError('row', `a column ${column}`, Object.keys(row).join(', '));
  return value === null ? '' : String(value);
}

/** The labels of a row, from the columns of the same names. */
export function labelsOf<const L extends string>(row: Row, columns: readonly L[]): Labels<L> {
  const labels: Partial<Record<L, string>> = {};
  for (const column of columns) labels[column] = textOf(row, column);
  return labels as Labels<L>;
}

/** Metrics by the column that holds their value; all take the same labels. */
export type Columns<L extends string> = Readonly<Record<string, Metric<L>>>;

/**
 * One sample per row and column. Columns that this server's variant of the SQL does not select are
 * passed over, so that one table serves all versions.
 */
export function* columnSamples<const L extends string>(
  rows: readonly Row[],
  columns: Columns<L>,
  labels: readonly L[],
): Generator<Sample> {
  const [first] = rows;
  if (first === undefined) return;
  const present = Object.entries(columns).filter(([column]) => column in first);
  for (const row of rows) {
    const shared = labelsOf(row, labels);
    for (const [column, metric] of present) yield make(metric, shared, numberOf(row, column));
  }
}

/** `columnSamples` for metrics without labels and a single row. */
export function* singleRowSamples(
  rows: readonly Row[],
  columns: Readonly<Record<string, Metric>>,
): Generator<Sample> {
  const [row] = rows;
  if (row === undefined) return;
  for (const [column, metric] of Object.entries(columns)) {
    if (column in row) yield metric(numberOf(row, column));
  }
}

function make<L extends string>(metric: Metric<L>, labels: Labels<L>, value: Value): Sample {
  // A call with labels, whatever L is: the conditional tuple of Metric cannot be resolved for a generic L.
  return (metric as unknown as (labels: Labels<L>, value: Value) => Sample)(labels, value);
}

/** The sums of a column by label set; NULL adds nothing, and a group of NULLs only has no sum. */
export function sumBy<const L extends string>(
  rows: readonly Row[],
  columns: readonly L[],
  column: string,
): { labels: Labels<L>; value: number }[] {
  return combineBy(rows, columns, column, (a, b) => a + b);
}

/** The largest values of a column by label set. */
export function maxBy<const L extends string>(
  rows: readonly Row[],
  columns: readonly L[],
  column: string,
): { labels: Labels<L>; value: number }[] {
  return combineBy(rows, columns, column, Math.max);
}

function combineBy<const L extends string>(
  rows: readonly Row[],
  columns: readonly L[],
  column: string,
  combine: (a: number, b: number) => number,
): { labels: Labels<L>; value: number }[] {
  const groups = new Map<string, { labels: Labels<L>; value: number }>();
  for (const row of rows) {
    const value = numberOf(row, column);
    if (value === null || value === undefined) continue;
    const labels = labelsOf(row, columns);
    const key = JSON.stringify(Object.values(labels));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, value });
    else group.value = combine(group.value, value);
  }
  return [...groups.values()];
}
