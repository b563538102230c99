/**
 * Source: ours; the body is a superset of Alertmanager's webhook, version "4".
 * Shape:  POST {url} {"version":"4","status","alerts":[...],"message":{...}} with Idempotency-Key and, given a
 *         secret, X-Signature: t=SECONDS,v1=HEX(HMAC-SHA256(secret, "SECONDS.body")).
 * Limits: ours: 256 KiB and 500 alerts a request; the receiver's answers 429 and Retry-After are honoured.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { secretSchema } from '../../lib/config.ts';
import { caFileSchema } from '../certificates.ts';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { failureOutcome, statusOutcome } from '../http-outcome.ts';
import { request } from '../http-request.ts';
import type { LabelSet } from '../incident.ts';
import { layout, PLAIN } from '../layout.ts';
import type { Item, Message } from '../message.ts';
import { proxyOption } from '../robot-url.ts';

const options = z.strictObject({
  url: secretSchema.describe('Where to post; may contain a token.'),
  secret: secretSchema.optional().describe('Key of the signature in X-Signature.'),
  authorization: secretSchema.optional().describe('Value of the Authorization header, such as "Bearer ...".'),
  allow_private: z
    .boolean()
    .default(false)
    .describe('Allow loopback, private and link-local addresses, and http.'),
  ca_file: caFileSchema.optional().describe('PEM file of the authorities to trust.'),
  per_minute: z.int().min(2).max(10_000).default(60),
  ...proxyOption,
});

type Options = z.output<typeof options>;

const LIMITS: Omit<Limits, 'rate'> = { bytes: 262_144, parts: 10, items: 500, penaltySeconds: [30, 60, 300] };

export const channel = defineChannel({
  type: 'webhook',
  help: 'Any HTTP service, with a signed JSON body.',
  options,
  check: ({ url, allow_private }) => {
    const expected = allow_private ? /^https?:\/\// : /^https:\/\//;
    const good = expected.test(url.reveal()) && URL.canParse(url.reveal());
    return good
      ? []
      : [`expected ${allow_private ? 'an http or https' : 'an https'} address in url, found another`];
  },
  open: (opened) => ({
    limits: { ...LIMITS, rate: [{ max: opened.per_minute, seconds: 60 }] },
    recipients: [''],
    robot: opened.url.reveal(),
    bytes: (part) => Buffer.byteLength(JSON.stringify(webhookBody(part))),
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, { signal, now }: SendContext): Promise<Outcome> {
  const body = JSON.stringify(webhookBody(part));
  const reply = await request({
    method: 'POST',
    url: opened.url.reveal(),
    headers: webhookHeaders(opened, part, body, now()),
    body,
    signal,
    ca: opened.ca_file,
    proxy: opened.proxy,
    publicOnly: !opened.allow_private && opened.proxy === undefined,
  });
  if (reply.kind === 'failed') return failureOutcome(reply);
  return statusOutcome(reply) ?? { class: 'ok' };
}

/** The request headers; the same message has the same Idempotency-Key at every attempt. */
export function webhookHeaders(
  { secret, authorization }: Pick<Options, 'secret' | 'authorization'>,
  part: Message,
  body: string,
  now: number,
): Record<string, string> {
  const seconds = Math.floor(now / 1000);
  return {
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': part.part === undefined ? part.id : `${part.id}.${part.part.number}`,
    ...(secret === undefined ? {} : { 'x-signature': webhookSignature(secret.reveal(), seconds, body) }),
    ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
  };
}

/** "t=SECONDS,v1=HEX": what the receiver computes anew to know who sent the body, and when. */
export function webhookSignature(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** The request body. */
export function webhookBody(part: Message): object {
  const incidents = part.items.map(({ incident }) => incident);
  return {
    version: '4',
    receiver: 'pgfleet',
    groupKey: part.id,
    status: part.resolved ? 'resolved' : 'firing',
    truncatedAlerts: 0,
    groupLabels: {},
    commonLabels: common(incidents.map(({ labels }) => labels)),
    commonAnnotations: common(incidents.map(({ annotations }) => annotations)),
    externalURL: incidents[0]?.externalUrl ?? '',
    alerts: part.items.map(alertOf),
    message: {
      id: part.id,
      language: part.language,
      severity: part.severity,
      title: part.title,
      text: layout(part, PLAIN),
      ...(part.part === undefined ? {} : { part: part.part }),
    },
  };
}

function alertOf({ incident, change }: Item): object {
  const over = change === 'close' || change === 'open_close';
  return {
    status: over ? 'resolved' : 'firing',
    labels: incident.labels,
    annotations: incident.annotations,
    startsAt: new Date(incident.startsAt).toISOString(),
    endsAt: incident.endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(incident.endsAt).toISOString(),
    generatorURL: incident.generatorUrl,
    fingerprint: incident.fingerprint,
    incident: { id: incident.id, change, severity: incident.severity, endKnown: incident.endKnown },
  };
}

/** The pairs that all sets have. */
function common(sets: readonly LabelSet[]): Record<string, string> {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((set) => set[name] === value)),
  );
}
