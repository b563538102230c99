import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseConfig } from '../lib/config.ts';
import { projectFile } from '../lib/project-file.ts';

/** In the order in which they get worse. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** A number alerts compare with, one value for each severity the alert exists in. */
export interface Threshold {
  readonly name: string;
  readonly unit: 'ratio' | 'bytes' | 'seconds' | 'celsius' | 'count';
  /** The direction in which the quantity gets worse. */
  readonly worse: 'higher' | 'lower';
  readonly values: Readonly<Partial<Record<Severity, number>>>;
  readonly description: { readonly en: string; readonly zh: string };
}

const entrySchema = z.strictObject({
  unit: z.enum(['ratio', 'bytes', 'seconds', 'celsius', 'count']),
  worse: z.enum(['higher', 'lower']),
  info: z.number().optional(),
  warning: z.number().optional(),
  critical: z.number().optional(),
  description: z.string().endsWith('.'),
  description_zh: z.string().endsWith('。'),
});

const fileSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9_]*$/), entrySchema)
  .transform((entries) => Object.entries(entries).map(([name, entry]) => toThreshold(name, entry)))
  .superRefine((thresholds, refinement) => {
    for (const threshold of thresholds) {
      for (const { severity, message } of problemsOf(threshold)) {
        refinement.addIssue({ code: 'custom', path: [threshold.name, severity], message });
      }
    }
  });

const SHIPPED = projectFile('alert-rules/thresholds.yml');

/** The thresholds pgfleet ships, in the order of the file. Throws ConfigError with file, line and column. */
export function loadThresholds(file: string = SHIPPED): readonly Threshold[] {
  return parseConfig(fileSchema, { file, text: readFileSync(file, 'utf8'), env: {} });
}

/** What is wrong with a threshold's values: outside the unit's range, or severities in the wrong order. */
export function problemsOf({ unit, worse, values }: Pick<Threshold, 'unit' | 'worse' | 'values'>) {
  const problems: { severity: Severity; message: string }[] = [];
  let milder: { severity: Severity; value: number } | undefined;
  for (const severity of SEVERITIES) {
    const value = values[severity];
    if (value === undefined) continue;
    if (unit === 'ratio' && (value < 0 || value > 1)) {
      problems.push({ severity, message: `expected a ratio from 0 to 1, found ${value}` });
    } else if (value < 0 && unit !== 'celsius') {
      problems.push({ severity, message: `expected ${unit} of at least 0, found ${value}` });
    }
    if (milder !== undefined && (worse === 'higher' ? value <= milder.value : value >= milder.value)) {
      const side = worse === 'higher' ? 'above' : 'below';
      problems.push({
        severity,
        message: `expected a value ${side} ${milder.severity} (${milder.value}), found ${value}`,
      });
    }
    milder = { severity, value };
  }
  return problems;
}

function toThreshold(name: string, entry: z.output<typeof entrySchema>): Threshold {
  const { unit, worse, description, description_zh, ...given } = entry;
  const values = Object.fromEntries(
    SEVERITIES.flatMap((severity) => (given[severity] === undefined ? [] : [[severity, given[severity]]])),
  );
  return { name, unit, worse, values, description: { en: description, zh: description_zh } };
}
