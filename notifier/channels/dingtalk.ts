/**
 * Source: https://open.dingtalk.com/document/robots/custom-robot-access
 * Shape:  POST {url}&timestamp=MS&sign=S {"msgtype":"markdown","markdown":{"title","text"},"at":{...}};
 *         always HTTP 200, the result is `errcode` in the body.
 * Limits: 20 messages a minute and robot, then ten minutes of silence; 20,000 bytes a body.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { secretSchema } from '../../lib/config.ts';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { excerpt, failureOutcome, jsonObject, statusOutcome } from '../http-outcome.ts';
import { type HttpReply, postJson } from '../http-request.ts';
import { SEVERITIES } from '../incident.ts';
import { layout, type Markup, PLAIN } from '../layout.ts';
import { MARKDOWN } from '../markdown.ts';
import { isMentionDue } from '../mention.ts';
import type { Message } from '../message.ts';
import { checkRobotUrl, robotOptions, robotUrl } from '../robot-url.ts';

const mention = z.strictObject({
  mobiles: z.array(z.string().regex(/^\+?[\d-]{5,20}$/, 'expected a phone number')).default([]),
  user_ids: z.array(z.string().min(1)).default([]),
  all: z.boolean().default(false),
  severity: z.array(z.enum(SEVERITIES)).default(['critical']).describe('For which firing alerts.'),
});

const options = z.strictObject({
  ...robotOptions,
  secret: secretSchema.optional().describe('Signing secret (SEC...), where the robot has one.'),
  keyword: z.string().min(1).max(50).optional().describe('Word the robot demands in every message.'),
  mention: mention.optional(),
});

type Options = z.output<typeof options>;

const LIMITS: Limits = {
  // 2,000 bytes below the provider's limit.
  bytes: 18_000,
  parts: 3,
  items: 50,
  rate: [
    { max: 18, seconds: 60 },
    { max: 1, seconds: 1 },
  ],
  penaltySeconds: [60, 600],
};

export const channel = defineChannel({
  type: 'dingtalk',
  help: 'A DingTalk custom robot (钉钉自定义机器人).',
  options,
  check: (opened) => checkRobotUrl(opened, ['oapi.dingtalk.com']),
  open: (opened) => ({
    limits: LIMITS,
    recipients: [''],
    robot: opened.url.reveal(),
    bytes: (part) => Buffer.byteLength(JSON.stringify(dingtalkBody(opened, part))),
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, { signal, now }: SendContext): Promise<Outcome> {
  const url = robotUrl(opened);
  if (opened.secret !== undefined) {
    // Signed now and not when queued: a signature is good for one hour.
    const timestamp = now();
    url.searchParams.set('timestamp', String(timestamp));
    url.searchParams.set('sign', dingtalkSign(opened.secret.reveal(), timestamp));
  }
  const reply = await postJson(url.href, dingtalkBody(opened, part), { signal, proxy: opened.proxy });
  return classifyDingtalk(reply);
}

/** Base64 of HMAC-SHA256 over "timestamp\nsecret" with the secret as key; milliseconds. */
export function dingtalkSign(secret: string, timestamp: number): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
}

/** Its line break needs spaces on both sides. */
const DINGTALK: Markup = { ...MARKDOWN, newline: '  \n  ' };

/** The request body; a mention shows only when the same number or id also stands in the text. */
export function dingtalkBody(
  { keyword, mention: who }: Pick<Options, 'keyword' | 'mention'>,
  part: Message,
): object {
  const text = layout(part, part.plain ? PLAIN : DINGTALK);
  const mentions = who !== undefined && isMentionDue(who.severity, part);
  const names = mentions ? [...who.mobiles, ...who.user_ids].map((name) => `@${name}`) : [];
  const extra = [
    ...(names.length === 0 ? [] : [names.join(' ')]),
    ...(keyword === undefined || text.includes(keyword) ? [] : [keyword]),
  ];
  const content = [text, ...extra].join('\n\n');
  const at = mentions ? { at: { atMobiles: who.mobiles, atUserIds: who.user_ids, isAtAll: who.all } } : {};
  return part.plain
    ? { msgtype: 'text', text: { content }, ...at }
    : { msgtype: 'markdown', markdown: { title: part.title, text: content }, ...at };
}

const TOO_FAST = new Set([130101, 302033, 410100]);
const TOO_LONG_OR_BLOCKED = new Set([460101, 101002, 430101, 430102, 430103, 430104]);

/** What an answer means; `errcode` decides, whatever the HTTP status. */
export function classifyDingtalk(reply: HttpReply): Outcome {
  if (reply.kind === 'failed') return failureOutcome(reply);
  const { errcode, errmsg } = jsonObject(reply.body) ?? {};
  if (typeof errcode !== 'number') {
    // A page of a gateway in between, which did not pass the message on.
    return statusOutcome(reply) ?? { class: 'transient', detail: `no errcode in ${excerpt(reply.body)}` };
  }
  const detail = `errcode ${errcode}: ${String(errmsg)}`;
  if (errcode === 0) return { class: 'ok' };
  if (errcode === -1) return { class: 'transient', detail };
  if (TOO_FAST.has(errcode)) return { class: 'rate_limited', detail };
  if (TOO_LONG_OR_BLOCKED.has(errcode)) return { class: 'payload', detail };
  // Signature, keyword, address not allowed (310000), robot gone (4001xx), quota used up (90030), unknown:
  // nothing a retry mends.
  return { class: 'config', detail };
}
