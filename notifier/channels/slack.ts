/**
 * Source: https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/block-kit/blocks
 * Shape:  POST {url} {"text","blocks":[header, section...]}; success is 200 with the body "ok".
 * Limits: about one message a second; header 150 characters, section 3,000, 50 blocks.
 */
import { z } from 'zod';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { cut } from '../clean-text.ts';
import { excerpt, failureOutcome, statusOutcome } from '../http-outcome.ts';
import { type HttpReply, postJson } from '../http-request.ts';
import { SEVERITIES } from '../incident.ts';
import { layout, layoutItem, type Markup, PLAIN } from '../layout.ts';
import { isMentionDue } from '../mention.ts';
import type { Message } from '../message.ts';
import { checkRobotUrl, robotOptions, robotUrl } from '../robot-url.ts';

const mention = z.strictObject({
  users: z.array(z.string().regex(/^[UW][A-Z0-9]+$/, 'expected a member id such as U012AB3CD')).default([]),
  groups: z.array(z.string().regex(/^S[A-Z0-9]+$/, 'expected a group id such as S012AB3CD')).default([]),
  here: z.boolean().default(false),
  channel: z.boolean().default(false),
  severity: z.array(z.enum(SEVERITIES)).default(['critical']).describe('For which firing alerts.'),
});

const options = z.strictObject({ ...robotOptions, mention: mention.optional() });

type Options = z.output<typeof options>;

const SECTION_CHARACTERS = 2900;

const LIMITS: Limits = {
  bytes: 30_000,
  parts: 3,
  // One block each, beside header, lead, notes and mentions.
  items: 40,
  rate: [{ max: 1, seconds: 1 }],
  penaltySeconds: [30, 60, 300],
};

export const channel = defineChannel({
  type: 'slack',
  help: 'A Slack incoming webhook, or a server compatible with it such as Mattermost (through api_base).',
  options,
  check: (opened) => checkRobotUrl(opened, ['hooks.slack.com', 'hooks.slack-gov.com']),
  open: (opened) => ({
    limits: LIMITS,
    recipients: [''],
    robot: opened.url.reveal(),
    bytes: (part) => slackSize(slackBody(opened, part)),
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, { signal }: SendContext): Promise<Outcome> {
  const reply = await postJson(robotUrl(opened).href, slackBody(opened, part), {
    signal,
    proxy: opened.proxy,
  });
  return classifySlack(reply);
}

interface Section {
  readonly type: 'section';
  readonly text: { readonly type: 'mrkdwn'; readonly text: string };
}

interface SlackBody {
  readonly text: string;
  readonly blocks?: readonly (Section | { type: 'header'; text: { type: 'plain_text'; text: string } })[];
}

/** The request body: a header and one section per incident. */
export function slackBody({ mention: who }: Pick<Options, 'mention'>, part: Message): SlackBody {
  const people = who !== undefined && isMentionDue(who.severity, part) ? mentions(who) : '';
  if (part.plain) return { text: [escapeSlack(layout(part, PLAIN)), people].filter(Boolean).join('\n\n') };
  const sections = [
    part.lead.map(SLACK.escape).join(SLACK.newline),
    ...part.items.map((item) => layoutItem(item, part, SLACK)),
    [...part.notes.map(SLACK.escape), ...part.links.map(SLACK.link)].join(SLACK.newline),
    people,
  ];
  return {
    text: escapeSlack(part.title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(part.title, 150) } },
      ...sections
        .filter((text) => text !== '')
        .map((text): Section => ({ type: 'section', text: { type: 'mrkdwn', text } })),
    ],
  };
}

/** Bytes of the body; more than any limit when a single section is too long for Slack. */
function slackSize(body: SlackBody): number {
  const tooLong = body.blocks?.some(
    ({ type, text }) => type === 'section' && text.text.length > SECTION_CHARACTERS,
  );
  return tooLong === true ? Number.POSITIVE_INFINITY : Buffer.byteLength(JSON.stringify(body));
}

function mentions({ users, groups, here, channel: everyone }: NonNullable<Options['mention']>): string {
  const all = [
    ...users.map((id) => `<@${id}>`),
    ...groups.map((id) => `<!subteam^${id}>`),
    ...(here ? ['<!here>'] : []),
    ...(everyone ? ['<!channel>'] : []),
  ];
  return all.join(' ');
}

/** Its three special characters; without them no text becomes a link or a mention. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const SLACK: Markup = {
  escape: escapeSlack,
  title: (text) => `*${escapeSlack(text)}*`,
  heading: (text) => `*${escapeSlack(text)}*`,
  strong: (text) => `*${escapeSlack(text)}:*`,
  link: ({ text, url }) => `<${escapeSlack(url.replaceAll('|', '%7C'))}|${escapeSlack(text)}>`,
  newline: '\n',
  gap: '\n\n',
  linkGap: ' | ',
};

/** A 400 that is about the webhook and not about the message. */
const GONE =
  /^(user_not_found|channel_not_found|no_active_hooks|no_service|no_service_id|no_team|invalid_token)$/;

/** What an answer means: "ok" or an error word in the body, with a fitting HTTP status. */
export function classifySlack(reply: HttpReply): Outcome {
  if (reply.kind === 'failed') return failureOutcome(reply);
  const word = reply.body.trim();
  if (GONE.test(word)) return { class: 'config', detail: `HTTP ${reply.status} ${word}` };
  const failed = statusOutcome(reply);
  if (failed !== undefined) return failed;
  if (word === 'ok' || word === '') return { class: 'ok' };
  return { class: 'transient', detail: `expected "ok", found ${excerpt(word)}` };
}
