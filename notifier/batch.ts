import type { Change } from './message.ts';
import type { OutboxRow } from './outbox.ts';

/** What a message says of one incident. */
export interface IncidentChange {
  readonly incidentId: string;
  readonly change: Change;
}

/**
 * Reduces the rows of one message to one piece of news per incident: an incident that opened and closed
 * unheard is one line, a reminder of one that is over is none. `isClosed` is how the incident stands now.
 */
export function mergeRows(
  rows: readonly OutboxRow[],
  isClosed: (incidentId: string) => boolean,
): IncidentChange[] {
  const kinds = new Map<string, Set<string>>();
  for (const { incident_id, kind } of rows) {
    if (incident_id === null) continue;
    const known = kinds.get(incident_id);
    if (known === undefined) kinds.set(incident_id, new Set([kind]));
    else known.add(kind);
  }
  return [...kinds].flatMap(([incidentId, seen]) => {
    const change = changeOf(seen, isClosed(incidentId));
    return change === undefined ? [] : [{ incidentId, change }];
  });
}

function changeOf(kinds: ReadonlySet<string>, closed: boolean): Change | undefined {
  if (kinds.has('open')) return closed ? 'open_close' : 'open';
  if (kinds.has('close')) return 'close';
  return closed ? undefined : 'repeat';
}
