/**
 * Source: Alertmanager's webhook body, version "4", 0.25 to 0.34, and GET /api/v2/alerts,
 *         https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 * Shape:  { version, receiver, status, alerts: [{ status, labels, annotations, startsAt, endsAt, fingerprint }] }
 *         A snapshot of the whole group, not a change. `receiver` arrives with regular expression escapes.
 * Lenient: newer fields are ignored, missing optional ones are filled; one unreadable alert costs only itself.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ParseError, PgfleetError } from '../lib/errors.ts';
import type { Alert, LabelSet } from './incident.ts';

/** One POST of Alertmanager, reshaped. */
export interface Snapshot {
  readonly receiver: string;
  readonly externalUrl: string;
  readonly alerts: readonly Alert[];
  /** Alerts of the group that are missing here because of `max_alerts`: missing is not resolved. */
  readonly truncated: number;
  /** Entries of `alerts` that could not be read. */
  readonly unreadable: number;
}

/** `now` stands in for a start time that cannot be read. Throws ParseError when it is not such a body. */
export function parseSnapshot(text: string, now: number): Snapshot {
  const body = bodySchema.safeParse(parseJson(text));
  if (!body.success) {
    const issue = body.error.issues[0];
    throw new ParseError(
      'Alertmanager webhook body',
      'version "4" with a list of alerts',
      `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not readable'}`,
    );
  }
  const { receiver, externalURL, truncatedAlerts, alerts } = body.data;
  const readable = alerts.flatMap((alert) => readAlert(alert, now) ?? []);
  return {
    receiver: unescapeReceiver(receiver),
    externalUrl: externalURL,
    truncated: Math.max(0, truncatedAlerts),
    alerts: readable,
    unreadable: alerts.length - readable.length,
  };
}

/** An alert of Alertmanager's API that is firing, with what the webhook does not say. */
export interface ActiveAlert extends Alert {
  readonly receivers: readonly string[];
  /** True while it is silenced or inhibited: still there, but nobody is to be told. */
  readonly suppressed: boolean;
}

/** Reads the answer of GET /api/v2/alerts. Throws ParseError when it is not a list. */
export function parseActiveAlerts(text: string, now: number): ActiveAlert[] {
  const list = z.array(z.unknown()).safeParse(parseJson(text));
  if (!list.success) throw new ParseError('Alertmanager alerts', 'a list of alerts', text);
  return list.data.flatMap((entry) => {
    const extra = activeSchema.safeParse(entry);
    const alert = readAlert(entry, now);
    if (!extra.success || alert === undefined) return [];
    const { receivers, status } = extra.data;
    return [
      {
        ...alert,
        status: 'firing',
        endsAt: undefined,
        receivers: receivers.map(({ name }) => name),
        suppressed: status.state === 'suppressed',
      },
    ];
  });
}

/** Undoes Go's regexp.QuoteMeta, which Alertmanager applies to the name: `ops\.email` is `ops.email`. */
export function unescapeReceiver(name: string): string {
  return name.replace(/\\([\\.+*?()|[\]{}^$])/g, '$1');
}

const labelsSchema = z.record(z.string(), z.string());

const bodySchema = z.object({
  version: z.literal('4'),
  receiver: z.string().default(''),
  externalURL: z.string().default(''),
  truncatedAlerts: z.number().default(0),
  alerts: z.array(z.unknown()),
});

const alertSchema = z.object({
  status: z.unknown(),
  labels: labelsSchema,
  annotations: labelsSchema.default({}),
  startsAt: z.string().default(''),
  endsAt: z.string().default(''),
  generatorURL: z.string().default(''),
  fingerprint: z.string().default(''),
});

const activeSchema = z.object({
  status: z.object({ state: z.string() }),
  receivers: z.array(z.object({ name: z.string() })).default([]),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PgfleetError('parse', 'Alertmanager: expected JSON', { cause: error });
  }
}

function readAlert(entry: unknown, now: number): Alert | undefined {
  const parsed = alertSchema.safeParse(entry);
  if (!parsed.success) return undefined;
  const { labels, annotations, startsAt, endsAt, generatorURL, fingerprint } = parsed.data;
  const status = parsed.data.status === 'resolved' ? 'resolved' : 'firing';
  return {
    fingerprint: fingerprint === '' ? hashLabels(labels) : fingerprint,
    status,
    labels,
    annotations,
    startsAt: readTime(startsAt) ?? now,
    endsAt: status === 'resolved' ? (readTime(endsAt) ?? now) : undefined,
    generatorUrl: generatorURL,
  };
}

/** Go prints its zero time as year 1; anything before the epoch is no time. */
function readTime(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? undefined : time;
}

function hashLabels(labels: LabelSet): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}
