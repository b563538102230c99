import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseConfig } from '../lib/config.ts';
import { projectFile } from '../lib/project-file.ts';

const inhibitRuleSchema = z.strictObject({
  source_matchers: z.array(z.string()).min(1),
  target_matchers: z.array(z.string()).min(1),
  equal: z.array(z.string()),
});

/** One entry of Alertmanager's `inhibit_rules`, with Alertmanager's own keys. */
export type InhibitRule = Readonly<z.output<typeof inhibitRuleSchema>>;

const SHIPPED = projectFile('alert-rules/inhibit.yml');

/** The inhibitions that belong to the rule pack, ready to be printed under `inhibit_rules:`. */
export function loadInhibitRules(file: string = SHIPPED): readonly InhibitRule[] {
  const schema = z.strictObject({ inhibit_rules: z.array(inhibitRuleSchema) });
  return parseConfig(schema, { file, text: readFileSync(file, 'utf8'), env: {} }).inhibit_rules;
}
