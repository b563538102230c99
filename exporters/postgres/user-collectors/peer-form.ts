import { z } from 'zod';
import { ParseError } from '../../../lib/errors.ts';
import type { Value } from '../../../lib/metric.ts';
import type { Row } from '../rows.ts';
import { versionNumber } from '../server-version.ts';
import { labelProblem, type TakenNames } from './names.ts';
import { sqlProblem, trimSql } from './sql-text.ts';
import { numericValue, type UserCollector, type UserMetric } from './user-collector.ts';

/** What postgres_exporter calls the meaning of a column. */
const USAGES = ['LABEL', 'GAUGE', 'COUNTER', 'DURATION', 'DISCARD', 'HISTOGRAM', 'MAPPEDMETRIC'] as const;
type Usage = (typeof USAGES)[number];
/** The last one never worked in a file of this form: it has no place for the mapping. */
const REFUSED: Partial<Record<Usage, string>> = {
  HISTOGRAM: 'histograms are not supported; use COUNTER for their _sum and _count',
  MAPPEDMETRIC: 'there is no mapping in this form; write the CASE in SQL and use GAUGE',
};

const usageSchema = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(USAGES))
  .superRefine((usage, issues) => {
    const message = REFUSED[usage];
    if (message !== undefined) issues.addIssue({ code: 'custom', message });
  });

const columnSchema = z.strictObject({ usage: usageSchema, description: z.string().default('') });

const sqlSchema = z.string().superRefine((sql, issues) => {
  const message = sqlProblem(sql);
  if (message !== undefined) issues.addIssue({ code: 'custom', message });
});

interface VersionRange {
  readonly minVersion?: number;
  readonly maxVersion?: number;
}

/** ">=9.6.0 <12.0.0" */
const versionsSchema = z.string().transform((text, issues): VersionRange => {
  const parts = text.trim().split(/\s+(?=[<>=])/);
  const ranges = parts.map(
    (part) => /^(?<sign>>=|>|<=|<|=)?\s*(?<version>\d+(?:\.\d+){0,2})$/.exec(part)?.groups,
  );
  if (ranges.some((range) => range === undefined)) {
    const message = `expected a range such as ">=9.6.0 <12.0.0", found ${JSON.stringify(text)}`;
    issues.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  const bounds = ranges.map((range) => bound(range?.['sign'], range?.['version']));
  return Object.assign({}, ...bounds) as VersionRange;
});

/** A bound that names only a major version includes or excludes all of it. */
function bound(sign = '=', version = ''): VersionRange {
  const at = versionNumber(version);
  const next = at + 1;
  if (sign === '>=') return { minVersion: at };
  if (sign === '>') return { minVersion: next };
  if (sign === '<') return { maxVersion: at };
  return sign === '<=' ? { maxVersion: next } : { minVersion: at, maxVersion: next };
}

const namespaceSchema = z.strictObject({
  query: sqlSchema,
  metrics: z.array(z.record(z.string(), columnSchema)).min(1),
  cache_seconds: z.number().int().min(0).optional(),
  /** There it means: not in the databases found by themselves. A query runs once per server here in any case. */
  master: z.boolean().optional(),
  runonserver: versionsSchema.optional(),
});
type Namespace = z.output<typeof namespaceSchema>;

/** The file that postgres_exporter reads with --extend.query-path: namespaces with a query and its columns. */
export function peerFormSchema(taken: TakenNames) {
  return z
    .record(z.string(), namespaceSchema)
    .superRefine((namespaces, issues) => {
      const names = new Set<string>();
      for (const [name, namespace] of Object.entries(namespaces)) {
        const report = (path: (string | number)[], message: string | undefined) => {
          if (message !== undefined) issues.addIssue({ code: 'custom', path: [name, ...path], message });
        };
        report([], taken.collectorProblem(name));
        columnsOf(namespace).forEach(({ column, usage, at }) => {
          const metric = metricName(name, column, usage);
          const twice = names.has(metric) ? `"${metric}" is there twice in this file` : undefined;
          report(['metrics', at, column], twice ?? columnProblem(metric, column, usage, taken));
          names.add(metric);
        });
        if (!columnsOf(namespace).some(({ usage }) => isValue(usage)))
          report(['metrics'], 'expected at least one GAUGE, COUNTER or DURATION');
      }
    })
    .transform((namespaces) =>
      Object.entries(namespaces).map(([name, namespace]) => toUserCollector(name, namespace)),
    );
}

function columnsOf({ metrics }: Namespace) {
  return metrics.flatMap((entry, at) =>
    Object.entries(entry).map(([column, { usage, description }]) => ({ column, usage, description, at })),
  );
}

function isValue(usage: Usage): boolean {
  return usage === 'GAUGE' || usage === 'COUNTER' || usage === 'DURATION';
}

function columnProblem(metric: string, column: string, usage: Usage, taken: TakenNames): string | undefined {
  if (usage === 'LABEL') return labelProblem(column);
  return isValue(usage) ? taken.metricProblem(metric) : undefined;
}

function metricName(name: string, column: string, usage: Usage): string {
  return usage === 'DURATION' ? `${name}_${column}_milliseconds` : `${name}_${column}`;
}

function toUserCollector(name: string, namespace: Namespace): UserCollector {
  const columns = columnsOf(namespace);
  const labels = columns.filter(({ usage }) => usage === 'LABEL').map(({ column }) => column);
  return {
    name,
    help: `Query ${name} in the form of postgres_exporter.`,
    scope: 'instance',
    databases: [],
    needs: {},
    queries: [{ sql: trimSql(namespace.query), ...namespace.runonserver }],
    ttlSeconds: namespace.cache_seconds,
    timeoutSeconds: undefined,
    metrics: columns
      .filter(({ usage }) => isValue(usage))
      .map(
        ({ column, usage, description }): UserMetric => ({
          name: metricName(name, column, usage),
          type: usage === 'COUNTER' ? 'counter' : 'gauge',
          help: description === '' ? `Column ${column} of the query ${name}.` : description,
          labels,
          column,
          convert: usage === 'DURATION' ? milliseconds : numericValue,
        }),
      ),
  };
}

const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 3.6e6,
};
const GO_DURATION = /^-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** A text such as "1h30m" or "250ms"; "-1" means that there is none. */
function milliseconds(row: Row, column: string): Value {
  const value = row[column];
  if (value === null || value === '-1' || value === -1) return null;
  const text = String(value ?? '');
  if (!GO_DURATION.test(text)) throw new ParseError(`column ${column}`, 'a duration such as "250ms"', text);
  const parts = [...text.matchAll(/(?<count>\d+(?:\.\d+)?)(?<unit>ns|us|µs|ms|s|m|h)/g)];
  const sum = parts.reduce(
    (total, { groups }) => total + Number(groups?.['count']) * (GO_UNITS[groups?.['unit'] ?? ''] ?? 0),
    0,
  );
  return text.startsWith('-') ? -sum : sum;
}
