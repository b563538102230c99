/**
 * Source: https://core.telegram.org/bots/api#sendmessage
 * Shape:  POST {api_base}/bot{token}/sendMessage {"chat_id","text","parse_mode":"HTML"}; the result is `ok` and
 *         `error_code` in the body.
 * Limits: 4,096 characters; 30 messages a second per bot, one a second and 20 a minute per group.
 */
import { z } from 'zod';
import { secretSchema } from '../../lib/config.ts';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { excerpt, failureOutcome, jsonObject, statusOutcome } from '../http-outcome.ts';
import { type HttpReply, postJson } from '../http-request.ts';
import { layout, type Markup, PLAIN } from '../layout.ts';
import type { Message } from '../message.ts';
import { proxyOption } from '../robot-url.ts';

const chatId = z
  .union([z.int(), z.string().regex(/^(-?\d+|@\w{4,})$/, 'expected a number or @channelname')])
  .transform(String);

const options = z.strictObject({
  token: secretSchema.describe('Token of the bot, from BotFather.'),
  chat_ids: z.array(chatId).min(1).describe('Chats, groups or channels the bot is a member of.'),
  thread_id: z.int().optional().describe('Topic inside a group.'),
  api_base: z
    .url({ protocol: /^https?$/ })
    .default('https://api.telegram.org')
    .describe('A Bot API server of your own, or a relay.'),
  ...proxyOption,
});

type Options = z.output<typeof options>;

const LIMITS: Limits = {
  // Characters, counted with the markup: that is more than Telegram counts.
  bytes: 3900,
  parts: 3,
  items: 50,
  rate: [{ max: 25, seconds: 1 }],
  recipientRate: [
    { max: 18, seconds: 60 },
    { max: 1, seconds: 1 },
  ],
  penaltySeconds: [30, 60, 300],
};

export const channel = defineChannel({
  type: 'telegram',
  help: 'A Telegram bot.',
  options,
  check: ({ token }) =>
    /^\d+:[\w-]+$/.test(token.reveal())
      ? []
      : ['expected a bot token (123456:ABC...) in token, found something else'],
  open: (opened) => ({
    limits: LIMITS,
    recipients: opened.chat_ids,
    robot: opened.token.reveal(),
    bytes: (part) => telegramText(part).length,
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, context: SendContext): Promise<Outcome> {
  const { recipient, memory } = context;
  const outcome = await post(opened, part, memory.get(movedKey(recipient)) ?? recipient, context);
  if (outcome.class !== 'moved') return outcome;
  // A group that became a supergroup has a new number; remembered, since the configuration has the old one.
  memory.set(movedKey(recipient), outcome.chatId);
  const again = await post(opened, part, outcome.chatId, context);
  return again.class === 'moved'
    ? { class: 'config', detail: 'the chat moved twice', recipientOnly: true }
    : again;
}

function movedKey(recipient: string): string {
  return `moved:${recipient}`;
}

async function post(
  opened: Options,
  part: Message,
  chat: string,
  { signal }: SendContext,
): Promise<TelegramOutcome> {
  const url = `${opened.api_base.replace(/\/+$/, '')}/bot${opened.token.reveal()}/sendMessage`;
  return classifyTelegram(
    await postJson(url, telegramBody(opened, part, chat), { signal, proxy: opened.proxy }),
  );
}

/** The request body for one chat. */
export function telegramBody({ thread_id }: Pick<Options, 'thread_id'>, part: Message, chat: string): object {
  return {
    chat_id: chat,
    ...(thread_id === undefined ? {} : { message_thread_id: thread_id }),
    text: telegramText(part),
    ...(part.plain ? {} : { parse_mode: 'HTML' }),
    link_preview_options: { is_disabled: true },
    disable_notification: part.resolved || part.severity === 'info',
  };
}

function telegramText(part: Message): string {
  return layout(part, part.plain ? PLAIN : TELEGRAM);
}

/** The only characters its HTML wants escaped, and the quote for addresses. */
function escapeTelegram(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const TELEGRAM: Markup = {
  escape: escapeTelegram,
  title: (text) => `<b>${escapeTelegram(text)}</b>`,
  heading: (text) => `<b>${escapeTelegram(text)}</b>`,
  strong: (text) => `<b>${escapeTelegram(text)}:</b>`,
  link: ({ text, url }) => `<a href="${escapeTelegram(url)}">${escapeTelegram(text)}</a>`,
  newline: '\n',
  gap: '\n\n',
  linkGap: ' | ',
};

type TelegramOutcome = Outcome | { readonly class: 'moved'; readonly chatId: string };

const answerSchema = z.object({
  ok: z.boolean(),
  error_code: z.number().default(0),
  description: z.string().default(''),
  parameters: z
    .object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() })
    .default({}),
  result: z.object({ message_id: z.number() }).optional(),
});

/** What an answer means; the body decides, the HTTP status only repeats `error_code`. */
export function classifyTelegram(reply: HttpReply): TelegramOutcome {
  if (reply.kind === 'failed') return failureOutcome(reply);
  const answer = answerSchema.safeParse(jsonObject(reply.body));
  if (!answer.success) {
    return statusOutcome(reply) ?? { class: 'transient', detail: `no result in ${excerpt(reply.body)}` };
  }
  const { ok, error_code, description, parameters, result } = answer.data;
  if (ok) return { class: 'ok', ...(result === undefined ? {} : { reference: String(result.message_id) }) };
  const detail = `${error_code}: ${description}`;
  if (error_code === 429) {
    const seconds = parameters.retry_after;
    return {
      class: 'rate_limited',
      detail,
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    };
  }
  if (error_code >= 500) return { class: 'transient', detail };
  if (error_code !== 400) return { class: 'config', detail, recipientOnly: error_code === 403 };
  if (parameters.migrate_to_chat_id !== undefined) {
    return { class: 'moved', chatId: String(parameters.migrate_to_chat_id) };
  }
  const wrongChat = /chat not found|thread not found|PEER_ID_INVALID|not enough rights/i.test(description);
  return wrongChat ? { class: 'config', detail, recipientOnly: true } : { class: 'payload', detail };
}
