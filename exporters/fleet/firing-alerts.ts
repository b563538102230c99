import { z } from 'zod';
import { startDeadline } from '../../lib/deadline.ts';
import { errorCode, errorMessage, ParseError, PgfleetError } from '../../lib/errors.ts';
import { redactText } from '../../lib/log.ts';

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
const TIMEOUT_MS = 1500;
/** Page views that come closer together than this share one answer. */
const FRESH_MS = 2000;
/** Far above what thousands of alerts need; a page must not hold the memory of whatever answers there. */
const MAX_BYTES = 16_000_000;

/** Firing alerts of one Prometheus, asked at most every two seconds however many people look at the page. */
export function prometheusAlerts(prometheusUrl: string, now: () => number): AlertSource {
  let last: { at: number; answer: Promise<FiringAlerts> } | undefined;
  return () => {
    if (last === undefined || now() - last.at >= FRESH_MS) {
      last = { at: now(), answer: fetchAlerts(prometheusUrl) };
    }
    return last.answer;
  };
}

async function fetchAlerts(prometheusUrl: string): Promise<FiringAlerts> {
  const deadline = startDeadline(TIMEOUT_MS);
  try {
    const url = new URL('api/v1/alerts', prometheusUrl.endsWith('/') ? prometheusUrl : `${prometheusUrl}/`);
    const response = await fetch(url, { signal: deadline.signal, redirect: 'error' });
    if (!response.ok) throw new PgfleetError('connect', `HTTP status ${response.status}`);
    return parseAlerts(await readLimited(response));
  } catch (error) {
    // The cause of a parse error is the validator's long account of a foreign answer.
    const reason =
      errorCode(error) === 'parse' && error instanceof Error ? error.message : errorMessage(error);
    return { state: 'unknown', reason: redactText(reason) };
  } finally {
    deadline.clear();
  }
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new PgfleetError('parse', `expected at most ${MAX_BYTES} bytes of alerts`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
