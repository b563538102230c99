/**
 * Source: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 * Shape:  POST {url} {"timestamp","sign","msg_type":"interactive","card":{...}}; the result is `code` in the body,
 *         with HTTP 200 or 400.
 * Limits: 100 messages a minute and 5 a second per bot; 20 KB a body; the full and half hours are crowded (11232).
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { secretSchema } from '../../lib/config.ts';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { excerpt, failureOutcome, jsonObject, statusOutcome } from '../http-outcome.ts';
import { type HttpReply, postJson } from '../http-request.ts';
import { SEVERITIES } from '../incident.ts';
import { layout, layoutBody, PLAIN } from '../layout.ts';
import { MARKDOWN } from '../markdown.ts';
import { isMentionDue } from '../mention.ts';
import type { Message } from '../message.ts';
import { checkRobotUrl, robotOptions, robotUrl } from '../robot-url.ts';

const mention = z.strictObject({
  open_ids: z.array(z.string().regex(/^[\w-]+$/, 'expected an open id such as ou_...')).default([]),
  all: z.boolean().default(false),
  severity: z.array(z.enum(SEVERITIES)).default(['critical']).describe('For which firing alerts.'),
});

const options = z.strictObject({
  ...robotOptions,
  secret: secretSchema.optional().describe('Signing secret, where the bot has one.'),
  keyword: z.string().min(1).max(50).optional().describe('Word the bot demands in every message.'),
  mention: mention.optional(),
});

type Options = z.output<typeof options>;

const LIMITS: Limits = {
  bytes: 18_000,
  parts: 3,
  items: 50,
  rate: [
    { max: 90, seconds: 60 },
    { max: 4, seconds: 1 },
  ],
  penaltySeconds: [60, 120, 300],
};

export const channel = defineChannel({
  type: 'feishu',
  help: 'A Feishu or Lark custom bot (飞书自定义机器人).',
  options,
  check: (opened) => checkRobotUrl(opened, ['open.feishu.cn', 'open.larksuite.com']),
  open: (opened) => ({
    limits: LIMITS,
    recipients: [''],
    robot: opened.url.reveal(),
    // The signature adds less than 100 bytes.
    bytes: (part) => Buffer.byteLength(JSON.stringify(feishuBody(opened, part))) + 100,
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, { signal, now }: SendContext): Promise<Outcome> {
  const timestamp = Math.floor(now() / 1000);
  const signature =
    opened.secret === undefined
      ? {}
      : { timestamp: String(timestamp), sign: feishuSign(opened.secret.reveal(), timestamp) };
  const body = { ...signature, ...feishuBody(opened, part) };
  return classifyFeishu(await postJson(robotUrl(opened).href, body, { signal, proxy: opened.proxy }));
}

/** Base64 of HMAC-SHA256 over nothing, with "timestamp\nsecret" as key; seconds. */
export function feishuSign(secret: string, timestamp: number): string {
  return createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
}

/** Colours of the header, which only repeat what the title says. */
const TEMPLATES = { critical: 'red', warning: 'orange', info: 'blue' } as const;

/** The request body without its signature. */
export function feishuBody(
  { keyword, mention: who }: Pick<Options, 'keyword' | 'mention'>,
  part: Message,
): object {
  const due = who !== undefined && isMentionDue(who.severity, part);
  const ids = due ? [...who.open_ids, ...(who.all ? ['all'] : [])] : [];
  const text = part.plain ? layout(part, PLAIN) : layoutBody(part, MARKDOWN);
  const tag = part.plain ? 'user_id' : 'id';
  const blocks = [
    text,
    ids.map((id) => `<at ${tag}=${part.plain ? `"${id}"` : id}></at>`).join(' '),
    keyword === undefined || `${part.title}${text}`.includes(keyword) ? '' : keyword,
  ];
  const content = blocks.filter((block) => block !== '').join('\n\n');
  if (part.plain) return { msg_type: 'text', content: { text: content } };
  return {
    msg_type: 'interactive',
    card: {
      config: { wide_screen_mode: true },
      header: {
        title: { tag: 'plain_text', content: part.title },
        template: part.resolved ? 'green' : TEMPLATES[part.severity],
      },
      elements: [{ tag: 'div', text: { tag: 'lark_md', content } }],
    },
  };
}

/** What an answer means; `code` decides, whatever the HTTP status. */
export function classifyFeishu(reply: HttpReply): Outcome {
  if (reply.kind === 'failed') return failureOutcome(reply);
  const { code, msg, StatusCode } = jsonObject(reply.body) ?? {};
  // Old bots answer only with StatusCode.
  const result = code ?? StatusCode;
  if (typeof result !== 'number') {
    return statusOutcome(reply) ?? { class: 'transient', detail: `no code in ${excerpt(reply.body)}` };
  }
  const detail = `code ${result}: ${String(msg)}`;
  if (result === 0) return { class: 'ok' };
  // One code for "too many requests" and for "bad request"; only the text tells them apart.
  if (result === 11232 || (result === 9499 && /too many|frequen/i.test(String(msg)))) {
    return { class: 'rate_limited', detail };
  }
  if (result === 9499 || result === 19002) return { class: 'payload', detail };
  // Signature (19021), address (19022), keyword (19024), bot gone (19001, 19007), unknown codes.
  return { class: 'config', detail };
}
