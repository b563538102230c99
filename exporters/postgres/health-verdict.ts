import type { HealthReport, ServerState } from './health-check.ts';

/** What a load balancer wants to know of a server. */
export type HealthQuestion =
  | { readonly want: 'up' }
  | { readonly want: 'primary' }
  | { readonly want: 'replica'; readonly maxLagSeconds: number | undefined };

export interface HealthVerdict {
  readonly healthy: boolean;
  /** One line that says why. */
  readonly text: string;
}

/** Holds what is known of a server against the question. What is not known is never healthy. */
export function judgeHealth(report: HealthReport, question: HealthQuestion): HealthVerdict {
  const { state, failure } = report;
  const verdict =
    state === undefined
      ? { healthy: false, text: `down: ${failure ?? 'no answer'}` }
      : judgeState(state, question);
  if (!report.busy || state === undefined) return verdict;
  const age = `as of ${report.ageSeconds.toFixed(1)} s ago, a scrape is running`;
  return { ...verdict, text: `${verdict.text} (${age})` };
}

function judgeState(state: ServerState, question: HealthQuestion): HealthVerdict {
  const { role } = state;
  switch (question.want) {
    case 'up':
      return { healthy: true, text: `up: ${role ?? 'role unknown'}` };
    case 'primary':
      return role === 'primary'
        ? { healthy: true, text: 'primary' }
        : { healthy: false, text: `not a primary: ${role ?? 'role unknown'}` };
    case 'replica':
      if (role !== 'standby') return { healthy: false, text: `not a replica: ${role ?? 'role unknown'}` };
      return judgeLag(state, question.maxLagSeconds);
    default:
      return question satisfies never;
  }
}

/** A cut link shows in the text and not in the verdict: an idle primary and one that is gone look the same from here. */
function judgeLag({ lagSeconds, receiving }: ServerState, maxLagSeconds: number | undefined): HealthVerdict {
  const behind = lagSeconds === undefined ? 'lag unknown' : `${lagSeconds.toFixed(1)} s behind`;
  const lag = `replica: ${behind}${receiving === false ? ', no WAL receiver is running' : ''}`;
  if (maxLagSeconds === undefined) return { healthy: true, text: lag };
  const healthy = lagSeconds !== undefined && lagSeconds <= maxLagSeconds;
  return { healthy, text: `${lag}, at most ${maxLagSeconds} s allowed` };
}
