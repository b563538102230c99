import { ParseError } from '../../../lib/errors.ts';
import type { Labels, MetricFamily, Sample, Value } from '../../../lib/metric.ts';
import type { ServerFacts } from '../facts.ts';
import type { Needs, PostgresCollector, SqlVariant } from '../postgres-collector.ts';
import { labelsOf, type Row } from '../rows.ts';

/** A collector that people wrote, in whichever form, before it becomes one like ours. */
export interface UserCollector {
  readonly name: string;
  readonly help: string;
  readonly scope: 'instance' | 'database';
  /** Only for the database scope; empty means all. */
  readonly databases: readonly string[];
  readonly needs: Needs;
  readonly queries: readonly (SqlVariant & { readonly sql: string })[];
  readonly ttlSeconds: number | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly metrics: readonly UserMetric[];
}

/** A metric and where its value comes from. */
export interface UserMetric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Columns, which are the label names as well. */
  readonly labels: readonly string[];
  readonly column: string;
  readonly convert: (row: Row, column: string) => Value;
}

/** So that a statement nobody thought about does not cost the whole scrape. */
const DEFAULT_TIMEOUT_SECONDS = 5;
/** Each database's samples say where they come from. */
export const DATABASE_LABEL = 'datname';

/** The same as a collector of ours: planned, isolated, limited and explained like them. */
export function toCollector(user: UserCollector): PostgresCollector {
  const inDatabases = user.scope === 'database';
  const metrics = user.metrics.map((metric) => ({ ...metric, family: familyOf(metric, inDatabases) }));
  return {
    name: user.name,
    help: user.help,
    scope: user.scope,
    needs: user.needs,
    queries: user.queries,
    userSql: true,
    metrics,
    timeoutSeconds: user.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    ...(user.ttlSeconds === undefined ? {} : { ttlSeconds: user.ttlSeconds }),
    ...(user.databases.length === 0 ? {} : { databases: user.databases }),
    *samples(rows: readonly Row[], facts: ServerFacts): Generator<Sample> {
      for (const row of rows) {
        for (const { family, labels: columns, column, convert } of metrics) {
          const own: Labels = labelsOf(row, columns);
          const labels = inDatabases ? { ...own, [DATABASE_LABEL]: facts.database } : own;
          yield { family, labels, value: convert(row, column) };
        }
      }
    },
  };
}

function familyOf({ name, type, help, labels }: UserMetric, inDatabases: boolean): MetricFamily {
  return { name, type, help, labels: inDatabases ? [...labels, DATABASE_LABEL] : labels };
}

/** A number, also as text or a time; NULL gives no sample. Throws ParseError for anything else. */
export function numericValue(row: Row, column: string): Value {
  const value = row[column];
  if (value === undefined) throw new ParseError('row', `a column ${column}`, Object.keys(row).join(', '));
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = value.trim() === '' ? Number.NaN : Number(value);
  const parsed = Number.isNaN(number) ? secondsOfTime(value) : number;
  if (parsed === undefined) throw new ParseError(`column ${column}`, 'a number or a time', value);
  return parsed;
}

const TIME =
  /^(?<day>\d{4}-\d{2}-\d{2})[ T](?<time>\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?<zone>[+-]\d{2}(?::\d{2})?)?$/;

/** Seconds since the epoch of what PostgreSQL prints for a time; without a zone it is taken for UTC. */
function secondsOfTime(text: string): number | undefined {
  const { day, time, zone = '+00' } = TIME.exec(text)?.groups ?? {};
  if (day === undefined || time === undefined) return undefined;
  const milliseconds = Date.parse(`${day}T${time}${zone.includes(':') ? zone : `${zone}:00`}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
