import type { Severity } from './incident.ts';
import type { Message } from './message.ts';

/** People are called once per message, and only while something of a severity they asked for fires. */
export function isMentionDue(severities: readonly Severity[], part: Message): boolean {
  return !part.resolved && severities.includes(part.severity) && (part.part?.number ?? 1) === 1;
}
