import { MACHINE_RULES } from './report-findings-machine.ts';
import { STORAGE_RULES } from './report-findings-storage.ts';
import { SYSTEM_RULES } from './report-findings-system.ts';
import { type Finding, type FindingContext, SEVERITIES } from './report-rule.ts';

const RULES = [...STORAGE_RULES, ...MACHINE_RULES, ...SYSTEM_RULES];

/** Worst first; within a severity in the order of the rules: storage, memory, machine, system. */
export function findings(context: FindingContext): readonly Finding[] {
  const found = RULES.flatMap((rule) => rule(context));
  return SEVERITIES.flatMap((severity) => found.filter((one) => one.severity === severity));
}
