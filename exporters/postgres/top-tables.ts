/** Choice of the tables that have series of their own: stable, so that labels do not churn. */

/** Relations of users: tables, materialised views and partitioned tables; no temporary ones, whose names never end. */
export const USER_TABLES = `relkind in ('r', 'm', 'p') and relpersistence <> 't'
  and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_toast'`;

/**
 * SQL of a boolean: whether a row is among the first `limit`, by each of several measures. All rows are
 * when they are few enough. Measures are compared in steps of a quarter and then by `id`, so an object
 * has to grow past another one by that much before it takes its place: no flapping at the border.
 */
export function amongFirst(limit: number, measures: readonly string[], id: string): string {
  const each = Math.floor(limit / measures.length);
  const places = measures.map(
    (measure) => `row_number() over (order by ${step(measure)} desc, ${id}) <= ${each}`,
  );
  return `(count(*) over () <= ${limit} or ${places.join('\n    or ')})`;
}

function step(measure: string): string {
  return `floor(4 * ln(1 + greatest(coalesce((${measure})::float8, 0), 0)))`;
}
