import type { Logger } from '../lib/log.ts';
import type { Audit } from './audit.ts';
import type { Incidents } from './incidents.ts';
import type { Ingest } from './ingest.ts';
import type { NotifierMetrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import type { Plan } from './plan.ts';
import type { Store } from './store.ts';
import type { Troubles } from './troubles.ts';

/**
 * What the notifier does on its own, again and again. A file `duties/<name>.ts` exports `duty`; the folder
 * is read at start. Runs never overlap; a run that throws is logged and repeated after the interval.
 */
export interface Duty {
  /** Equals the file name. */
  readonly name: string;
  readonly everySeconds: number;
  /** Called once; what it returns is called at every turn, first when the notifier starts. */
  prepare(context: DutyContext): () => Promise<void> | void;
}

export interface DutyContext {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly incidents: Incidents;
  readonly ingest: Ingest;
  readonly troubles: Troubles;
  readonly audit: Audit;
  readonly metrics: NotifierMetrics;
  readonly plan: () => Plan;
  readonly alertmanagerUrl: string | undefined;
  readonly now: () => number;
  readonly log: Logger;
  /** Aborts when the notifier stops. */
  readonly signal: AbortSignal;
  /** To be called after queueing something. */
  readonly onNews: () => void;
}
