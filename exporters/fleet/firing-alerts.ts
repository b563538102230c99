import { z } from 'zod';
import { ParseError } from '../../lib/errors.ts';
import { prometheusQuestion } from './prometheus-api.ts';

/** A firing alert as Prometheus reports it. */
export interface FiringAlert {
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'info' | 'other';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; undefined when Prometheus gave no readable time. */
  readonly activeAt: number | undefined;
}

/** `off`: no Prometheus is configured; `unknown`: it did not answer, so nothing can be said. */
export type FiringAlerts =
  | { readonly state: 'off' }
  | { readonly state: 'unknown'; readonly reason: string }
  | {
      readonly state: 'known';
      /** Worst first, then newest first; without the Watchdog. */
      readonly alerts: readonly FiringAlert[];
      /** Whether the Watchdog of our rule pack fires, as it always does when the rules are loaded. */
      readonly rulesLoaded: boolean;
    };

/** Reads the alerts that fire now; never rejects. */
export type AlertSource = () => Promise<FiringAlerts>;

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    alerts: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
        state: z.string(),
        activeAt: z.string().optional(),
      }),
    ),
  }),
});

const WATCHDOG = 'Watchdog';
const SEVERITIES = ['critical', 'warning', 'info', 'other'] as const;

/** Firing alerts of one Prometheus. */
export function prometheusAlerts(prometheusUrl: string, now: () => number): AlertSource {
  return prometheusQuestion(prometheusUrl, 'api/v1/alerts', parseAlerts, now);
}

/** Answer of `/api/v1/alerts`. Throws PgfleetError `parse` for anything else. */
export function parseAlerts(text: string): FiringAlerts {
  const alerts = readAnswer(text).data.alerts.filter(({ state }) => state === 'firing');
  return {
    state: 'known',
    rulesLoaded: alerts.some(({ labels }) => labels['alertname'] === WATCHDOG),
    alerts: alerts
      .filter(({ labels }) => labels['alertname'] !== WATCHDOG)
      .map(({ labels, annotations, activeAt }): FiringAlert => {
        const at = Date.parse(activeAt ?? '');
        return {
          name: labels['alertname'] ?? '',
          severity: SEVERITIES.find((severity) => severity === labels['severity']) ?? 'other',
          labels,
          annotations,
          activeAt: Number.isNaN(at) ? undefined : at,
        };
      })
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
          (b.activeAt ?? 0) - (a.activeAt ?? 0),
      ),
  };
}

function readAnswer(text: string): z.output<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ParseError('answer of Prometheus', 'the alerts of its HTTP API', text, { cause: error });
  }
}
