/** Choice of the tables that have series of their own: stable, so that labels do not churn. */

/** Relations of users: tables, materialised views and partitioned tables; no temporary ones, whose names never end. */
export const USER_TABLES = `relkind in ('r', 'm', 'p') and relpersistence <> 't'
  and nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_toast'`;

/** How much more than one of the chosen an object must have to take its place. */
const MARGIN = 1.25;

/**
 * SQL of a boolean: whether a row is among the first `limit`, by each of several measures. All rows are when they are
 * few enough. Rows that are `held` (see `heldBy`) count for a quarter more, so that nobody changes places at the border.
 */
export function amongFirst(limit: number, measures: readonly string[], id: string, held: string): string {
  const each = Math.floor(limit / measures.length);
  const bonus = held === NOBODY ? '' : ` * case when ${held} then ${MARGIN} else 1 end`;
  const places = measures.map(
    (measure) =>
      `row_number() over (order by coalesce((${measure})::float8, 0)${bonus} desc, ${id}) <= ${each}`,
  );
  return `(count(*) over () <= ${limit} or ${places.join('\n    or ')})`;
}

const NOBODY = 'false';

/** SQL of a boolean: whether `id` is one of the objects that had series of their own last time. */
export function heldBy(id: string, type: 'oid' | 'text', before: readonly string[]): string {
  // The server told them, and need not be honest.
  const safe = before.filter((one) => /^[-\d.]+$/.test(one));
  return safe.length === 0 ? NOBODY : `${id} = any ('{${safe.join(',')}}'::${type}[])`;
}
