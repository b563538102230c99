import { z } from 'zod';
import { loadThresholds, problemsOf, SEVERITIES, type Severity, type Threshold } from './thresholds.ts';

/** Single values a site sets otherwise, by threshold name and severity. */
export type ThresholdOverrides = Readonly<
  Record<string, Readonly<Partial<Record<Severity, number | undefined>>> | undefined>
>;

/** The `thresholds:` section of pgfleet.yml, built from the thresholds that exist. */
export const thresholdOverridesSchema = overridesSchema(loadThresholds());

/** Knows every name and severity, so that a misspelt one is refused with the nearest that exists. */
export function overridesSchema(thresholds: readonly Threshold[]) {
  const shape = Object.fromEntries(
    thresholds.map((threshold) => [threshold.name, severitiesSchema(threshold).optional()]),
  );
  return z
    .strictObject(shape)
    .superRefine((overrides, refinement) => {
      for (const threshold of withOverrides(thresholds, overrides)) {
        for (const { severity, message } of problemsOf(threshold)) {
          refinement.addIssue({ code: 'custom', path: [threshold.name, severity], message });
        }
      }
    })
    .transform((overrides): ThresholdOverrides => overrides);
}

/** The thresholds with a site's values in place of the shipped ones. */
export function withOverrides(
  thresholds: readonly Threshold[],
  overrides: ThresholdOverrides,
): readonly Threshold[] {
  return thresholds.map((threshold) => {
    const values: Partial<Record<Severity, number>> = { ...threshold.values };
    for (const severity of SEVERITIES) {
      const value = overrides[threshold.name]?.[severity];
      if (value !== undefined) values[severity] = value;
    }
    return { ...threshold, values };
  });
}

function severitiesSchema({ values, description, unit }: Threshold) {
  const shape = Object.fromEntries(
    SEVERITIES.filter((severity) => values[severity] !== undefined).map((severity) => [
      severity,
      z.number().optional().describe(`${unit}; default ${values[severity]}`),
    ]),
  );
  return z.strictObject(shape).describe(description.en);
}
