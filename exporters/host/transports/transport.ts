import type { Tier } from '../host-collector.ts';

/** What to capture and what it may cost. */
export interface CaptureRequest {
  readonly tiers: readonly Tier[];
  /** Milliseconds until the text must be here. */
  readonly budgetMs: number;
  /** Ends the capture; what came until then is still returned when it is worth parsing. */
  readonly signal: AbortSignal;
}

export interface CaptureText {
  readonly text: string;
  /**
   * When the request left and when the text was complete, in milliseconds since the epoch: the clock
   * of the target is compared with these. Undefined when the text was recorded earlier.
   */
  readonly exchange: { readonly sentAt: number; readonly receivedAt: number } | undefined;
}

/** A way to get the text of capture.sh from a host. */
export interface Transport {
  readonly kind: 'local' | 'ssh' | 'capture';
  /** Where it goes, for people: "ssh pgfleet@10.0.0.5:22". */
  readonly description: string;
  /** Throws HostError when nothing usable came within the budget. */
  run(request: CaptureRequest): Promise<CaptureText>;
  /** Ends connections and child processes. */
  close(): Promise<void>;
}

/** Largest capture that is read, in bytes; the sections up to there are used. */
export const MAX_CAPTURE_BYTES = 32 * 1024 * 1024;

/** Arguments of capture.sh: it stops by itself before the request's time is up. */
export function captureArguments({ tiers, budgetMs }: CaptureRequest): string[] {
  const seconds = Math.max(1, Math.floor(budgetMs / 1000 - 0.5));
  return ['-b', String(seconds), ...tiers];
}
