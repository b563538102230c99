import type { Reading, Readings } from './report-samples.ts';
import { seriesText } from './report-words.ts';

/** critical: data or service is at risk now; warning: something is to be done; info: worth knowing. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Something found, and the values that say so. */
export interface Finding {
  readonly severity: Severity;
  readonly message: string;
  readonly evidence: readonly string[];
}

export interface FindingContext {
  readonly readings: Readings;
  /** Seconds since the epoch when the capture was made. */
  readonly madeAt: number;
}

export type Rule = (context: FindingContext) => Finding[];

/** One finding for each sample of a family with these labels whose value is above 0. */
export function each(
  family: string,
  labels: Readonly<Record<string, string>>,
  severity: Severity,
  tell: (reading: Reading, readings: Readings) => { message: string; evidence?: readonly string[] },
): Rule {
  return ({ readings }) =>
    readings
      .all(family, labels)
      .filter(({ value }) => value > 0)
      .map((reading) => {
        const { message, evidence = [] } = tell(reading, readings);
        return { severity, message, evidence: [...evidence, seriesText(family, reading)] };
      });
}

/** One finding for all samples that a test picks: what most machines have many of. */
export function together(
  family: string,
  severity: Severity,
  pick: (reading: Reading, readings: Readings) => string | undefined,
  tell: (count: number) => string,
): Rule {
  return ({ readings }) => {
    const told = readings.all(family).flatMap((reading) => pick(reading, readings) ?? []);
    return told.length === 0 ? [] : [{ severity, message: tell(told.length), evidence: told }];
  };
}
