/**
 * Source: https://developer.work.weixin.qq.com/document/path/99110
 * Shape:  POST {url} {"msgtype":"markdown","markdown":{"content"}}; HTTP 200, the result is `errcode`.
 *         Not signed: the key in the address is the secret.
 * Limits: 20 messages a minute and robot; 4,096 bytes of markdown, 2,048 bytes of text.
 */
import { z } from 'zod';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { excerpt, failureOutcome, jsonObject, statusOutcome } from '../http-outcome.ts';
import { type HttpReply, postJson } from '../http-request.ts';
import { SEVERITIES } from '../incident.ts';
import { layout, type Markup, PLAIN } from '../layout.ts';
import { defang, MARKDOWN } from '../markdown.ts';
import { isMentionDue } from '../mention.ts';
import type { Message } from '../message.ts';
import { checkRobotUrl, robotOptions, robotUrl } from '../robot-url.ts';

const mention = z.strictObject({
  user_ids: z.array(z.string().regex(/^[\w.@-]+$/, 'expected a user id')).default([]),
  mobiles: z.array(z.string().regex(/^\+?[\d-]{5,20}$/, 'expected a phone number')).default([]),
  all: z.boolean().default(false),
  severity: z.array(z.enum(SEVERITIES)).default(['critical']).describe('For which firing alerts.'),
});

const options = z.strictObject({
  ...robotOptions,
  mention: mention.optional().describe('mobiles and all need plain text, which is half as long.'),
});

type Options = z.output<typeof options>;

/** Text may be half as long as markdown, so each of its bytes counts twice. */
const TEXT_WEIGHT = 2;

const LIMITS: Limits = {
  bytes: 3900,
  parts: 3,
  items: 50,
  rate: [
    { max: 18, seconds: 60 },
    { max: 1, seconds: 3 },
  ],
  penaltySeconds: [60, 120, 300],
};

export const channel = defineChannel({
  type: 'wecom',
  help: 'A WeCom group robot (企业微信群机器人).',
  options,
  check: (opened) => checkRobotUrl(opened, ['qyapi.weixin.qq.com']),
  open: (opened) => ({
    limits: LIMITS,
    recipients: [''],
    robot: opened.url.reveal(),
    bytes: (part) => {
      const body = wecomBody(opened, part);
      return 'text' in body
        ? Buffer.byteLength(body.text.content) * TEXT_WEIGHT
        : Buffer.byteLength(body.markdown.content);
    },
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, { signal }: SendContext): Promise<Outcome> {
  const reply = await postJson(robotUrl(opened).href, wecomBody(opened, part), {
    signal,
    proxy: opened.proxy,
  });
  return classifyWecom(reply);
}

type WecomBody =
  | { msgtype: 'markdown'; markdown: { content: string } }
  | { msgtype: 'text'; text: { content: string; mentioned_list: string[]; mentioned_mobile_list: string[] } };

/** The request body: markdown, except where people are called by phone number or all at once, which only text can. */
export function wecomBody({ mention: who }: Pick<Options, 'mention'>, part: Message): WecomBody {
  const due = who !== undefined && isMentionDue(who.severity, part);
  const needsText = due && (who.mobiles.length > 0 || who.all);
  if (part.plain || needsText) {
    return {
      msgtype: 'text',
      text: {
        content: layout(part, PLAIN),
        mentioned_list: due ? [...who.user_ids, ...(who.all ? ['@all'] : [])] : [],
        mentioned_mobile_list: due ? who.mobiles : [],
      },
    };
  }
  const people = due ? who.user_ids.map((id) => `<@${id}>`).join(' ') : '';
  const content = [layout(part, markupFor(part)), people].filter((block) => block !== '').join('\n\n');
  return { msgtype: 'markdown', markdown: { content } };
}

/** The three colours it knows only underline what the title says in words. */
function markupFor({ resolved, severity }: Message): Markup {
  const colour = resolved ? 'info' : severity === 'info' ? 'comment' : 'warning';
  return { ...MARKDOWN, title: (text) => `### <font color="${colour}">${defang(text)}</font>` };
}

const TOO_LONG = new Set([40008, 40033, 40058, 44004, 45002]);
const TOO_FAST = new Set([45009, 45033]);

/** What an answer means; `errcode` decides, whatever the HTTP status. */
export function classifyWecom(reply: HttpReply): Outcome {
  if (reply.kind === 'failed') return failureOutcome(reply);
  const { errcode, errmsg } = jsonObject(reply.body) ?? {};
  if (typeof errcode !== 'number') {
    return statusOutcome(reply) ?? { class: 'transient', detail: `no errcode in ${excerpt(reply.body)}` };
  }
  const detail = `errcode ${errcode}: ${String(errmsg)}`;
  if (errcode === 0) return { class: 'ok' };
  if (errcode === -1) return { class: 'transient', detail };
  if (TOO_FAST.has(errcode)) return { class: 'rate_limited', detail };
  if (TOO_LONG.has(errcode)) return { class: 'payload', detail };
  // Key unknown (93000), address not allowed (60020), unknown codes: nothing a retry mends.
  return { class: 'config', detail };
}
