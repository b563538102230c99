import { z } from 'zod';
import { durationSchema } from '../../../lib/config.ts';
import { MIN_VERSION } from '../facts.ts';
import type { Needs } from '../postgres-collector.ts';
import { versionNumber } from '../server-version.ts';
import { labelProblem, type TakenNames } from './names.ts';
import { sqlProblem, trimSql } from './sql-text.ts';
import { DATABASE_LABEL, numericValue, type UserCollector, type UserMetric } from './user-collector.ts';

/** Units a column may have: the base unit that the metric is named after, and the factor to get there. */
const UNITS = {
  seconds: ['seconds', 1],
  milliseconds: ['seconds', 1e-3],
  microseconds: ['seconds', 1e-6],
  bytes: ['bytes', 1],
  kilobytes: ['bytes', 1024],
  megabytes: ['bytes', 1024 ** 2],
  ratio: ['ratio', 1],
  percent: ['ratio', 0.01],
  celsius: ['celsius', 1],
} as const;
type Unit = keyof typeof UNITS;

const sqlSchema = z.string().superRefine((sql, issues) => {
  const message = sqlProblem(sql);
  if (message !== undefined) issues.addIssue({ code: 'custom', message });
});

/** `"9.6"`, 14 or "14.3"; as server_version_num after loading. */
const versionSchema = z.union([z.string(), z.number()]).transform((given, issues) => {
  const text = String(given);
  const version = /^\d{1,2}(\.\d{1,2})?$/.test(text) ? versionNumber(text) : 0;
  if (version >= MIN_VERSION) return version;
  const message = `expected a version such as "9.6", 14 or "14.3", found ${JSON.stringify(given)}`;
  issues.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const textSchema = z.string().trim().min(1);

const querySchema = z.strictObject({
  min_version: versionSchema.optional(),
  max_version: versionSchema.optional(),
  sql: sqlSchema,
});

const needsSchema = z.strictObject({
  role: z.enum(['primary', 'standby']).optional(),
  extension: textSchema.optional(),
  member_of: textSchema.optional(),
  execute: textSchema.optional(),
  select: textSchema.optional(),
});

const metricSchema = z.strictObject({
  name: z.string(),
  type: z.enum(['gauge', 'counter']),
  help: textSchema,
  column: textSchema,
  labels: z.array(z.string()).default([]),
  unit: z.enum(Object.keys(UNITS) as [Unit, ...Unit[]]).optional(),
});

const collectorSchema = z.strictObject({
  name: z.string(),
  help: textSchema,
  scope: z.enum(['instance', 'database']).default('instance'),
  databases: z.array(textSchema).default([]),
  needs: needsSchema.default({}),
  ttl: durationSchema.optional(),
  timeout: durationSchema.optional(),
  queries: z.array(querySchema).min(1),
  metrics: z.array(metricSchema).min(1),
});

type OwnCollector = z.output<typeof collectorSchema>;
type OwnMetric = OwnCollector['metrics'][number];

/** `collectors:` with entries that have the fields of a built-in collector. */
export function ownFormSchema(taken: TakenNames) {
  return z
    .strictObject({ collectors: z.array(collectorSchema).min(1) })
    .superRefine(({ collectors }, issues) => {
      const report = (path: (string | number)[], message: string | undefined) => {
        if (message !== undefined)
          issues.addIssue({ code: 'custom', path: ['collectors', ...path], message });
      };
      const names = new Set<string>();
      const metrics = new Set<string>();
      collectors.forEach((collector, index) => {
        report([index, 'name'], nameProblem(collector.name, names, taken));
        names.add(collector.name);
        if (collector.scope === 'instance' && collector.databases.length > 0)
          report([index, 'databases'], 'databases has a meaning only with scope: database');
        collector.queries.forEach(({ min_version: min, max_version: max }, query) => {
          if (min !== undefined && max !== undefined && max <= min)
            report(
              [index, 'queries', query, 'max_version'],
              'expected a version above min_version, which it excludes',
            );
        });
        collector.metrics.forEach((metric, at) => {
          const here = [index, 'metrics', at];
          report([...here, 'name'], metricProblem(metric, metrics, taken));
          metrics.add(metric.name);
          metric.labels.forEach((_label, which) => {
            report([...here, 'labels', which], ownLabelProblem(which, metric, collector));
          });
        });
      });
    })
    .transform(({ collectors }) => collectors.map(toUserCollector));
}

function nameProblem(name: string, names: ReadonlySet<string>, taken: TakenNames): string | undefined {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name))
    return `expected a name in lower case with "_", found ${JSON.stringify(name)}`;
  if (names.has(name)) return `"${name}" is used twice in this file`;
  return taken.collectorProblem(name);
}

function metricProblem(
  { name, type, unit }: OwnMetric,
  metrics: ReadonlySet<string>,
  taken: TakenNames,
): string | undefined {
  if (metrics.has(name)) return `"${name}" is used twice in this file`;
  if (type === 'counter' && !name.endsWith('_total'))
    return `"${name}": the name of a counter ends in _total`;
  if (type === 'gauge' && name.endsWith('_total'))
    return `"${name}": only the name of a counter ends in _total`;
  const base = unit === undefined ? undefined : UNITS[unit][0];
  if (base !== undefined && !new RegExp(`_${base}(_total)?$`).test(name))
    return `"${name}": a column in ${unit} is exported in ${base}, so the name ends in _${base}${type === 'counter' ? '_total' : ''}`;
  return taken.metricProblem(name);
}

function ownLabelProblem(which: number, metric: OwnMetric, { scope }: OwnCollector): string | undefined {
  const label = metric.labels[which] ?? '';
  if (scope === 'database' && label === DATABASE_LABEL)
    return `label "${DATABASE_LABEL}" is added by itself with scope: database`;
  if (metric.labels.indexOf(label) < which) return `label "${label}" is listed twice`;
  return label === metric.column ? `column "${label}" is the value, not a label` : labelProblem(label);
}

function toUserCollector(own: OwnCollector): UserCollector {
  return {
    name: own.name,
    help: own.help,
    scope: own.scope,
    databases: own.databases,
    needs: needsOf(own.needs),
    queries: own.queries.map(({ sql, min_version, max_version }) => ({
      sql: trimSql(sql),
      ...(min_version === undefined ? {} : { minVersion: min_version }),
      ...(max_version === undefined ? {} : { maxVersion: max_version }),
    })),
    ttlSeconds: own.ttl,
    timeoutSeconds: own.timeout,
    metrics: own.metrics.map(toUserMetric),
  };
}

function needsOf({ role, extension, member_of, execute, select }: OwnCollector['needs']): Needs {
  return {
    ...(role === undefined ? {} : { role }),
    ...(extension === undefined ? {} : { extension }),
    ...(member_of === undefined ? {} : { memberOf: member_of }),
    ...(execute === undefined ? {} : { execute }),
    ...(select === undefined ? {} : { select }),
  };
}

function toUserMetric({ name, type, help, column, labels, unit }: OwnMetric): UserMetric {
  const factor = unit === undefined ? 1 : UNITS[unit][1];
  return {
    name,
    type,
    help,
    column,
    labels,
    convert: (row, from) => {
      const value = numericValue(row, from);
      return value === null || value === undefined ? value : value * factor;
    },
  };
}
