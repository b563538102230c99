/**
 * Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using,
 *         https://adaptivecards.io/explorer
 * Shape:  POST {url} {"type":"message","attachments":[adaptive card]}; a Workflows address answers 202 when it has
 *         taken the card, which is not yet posted then. Retired connectors answer 200 with "1", or with the
 *         real error in the text.
 * Limits: 28 KB a card; 4 messages a second, 60 in 30 seconds, 100 an hour.
 */
import { z } from 'zod';
import { defineChannel, type Limits, type Outcome, type SendContext } from '../channel.ts';
import { excerpt, failureOutcome, statusOutcome } from '../http-outcome.ts';
import { type HttpReply, postJson } from '../http-request.ts';
import { layout, layoutItem, PLAIN } from '../layout.ts';
import { MARKDOWN } from '../markdown.ts';
import type { Message } from '../message.ts';
import { checkRobotUrl, robotOptions, robotUrl } from '../robot-url.ts';

const options = z.strictObject({ ...robotOptions });

type Options = z.output<typeof options>;

const HOSTS = [
  /\.logic\.azure\.(com|us|cn)$/,
  /\.powerplatform\.com$/,
  /\.powerautomate\.cn$/,
  /\.webhook\.office\.com$/,
];

const LIMITS: Limits = {
  bytes: 20_000,
  parts: 2,
  items: 50,
  rate: [
    { max: 3, seconds: 1 },
    { max: 50, seconds: 30 },
    { max: 90, seconds: 3600 },
  ],
  penaltySeconds: [60, 600, 3600],
};

export const channel = defineChannel({
  type: 'teams',
  help: 'A Microsoft Teams channel, through a Workflows address.',
  options,
  check: (opened) => checkRobotUrl(opened, HOSTS),
  open: (opened) => ({
    limits: LIMITS,
    recipients: [''],
    robot: opened.url.reveal(),
    bytes: (part) => Buffer.byteLength(JSON.stringify(teamsBody(part))),
    send: (part, context) => send(opened, part, context),
  }),
});

async function send(opened: Options, part: Message, { signal }: SendContext): Promise<Outcome> {
  const reply = await postJson(robotUrl(opened).href, teamsBody(part), { signal, proxy: opened.proxy });
  return classifyTeams(reply);
}

/** Colours that only repeat what the title says. */
const COLOURS = { critical: 'Attention', warning: 'Warning', info: 'Accent' } as const;

/** Its line break inside a block needs an empty line. */
const TEAMS = { ...MARKDOWN, newline: '\n\n' };

/** The request body: an adaptive card of text blocks. */
export function teamsBody(part: Message): object {
  const color = part.resolved ? 'Good' : COLOURS[part.severity];
  const texts = part.plain
    ? [layout(part, PLAIN)]
    : [
        part.lead.map(TEAMS.escape).join(TEAMS.newline),
        ...part.items.map((item) => layoutItem(item, part, TEAMS)),
        [...part.notes.map(TEAMS.escape), ...part.links.map(TEAMS.link)].join(TEAMS.newline),
      ];
  const title = {
    type: 'TextBlock',
    text: TEAMS.escape(part.title),
    weight: 'Bolder',
    size: 'Medium',
    wrap: true,
    color,
  };
  const blocks = texts
    .filter((text) => text !== '')
    .map((text) => ({ type: 'TextBlock', text, wrap: true, separator: true }));
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.2',
          msteams: { width: 'full' },
          body: part.plain ? blocks : [title, ...blocks],
        },
      },
    ],
  };
}

/** What an answer means; a connector may hide the real status in the text of a 200. */
export function classifyTeams(reply: HttpReply): Outcome {
  if (reply.kind === 'failed') return failureOutcome(reply);
  const hidden = /HTTP error (?<status>\d{3})/.exec(reply.body)?.groups?.['status'];
  const failed = statusOutcome(hidden === undefined ? reply : { ...reply, status: Number(hidden) });
  if (failed !== undefined) return failed;
  if (reply.status === 202) return { class: 'ok', accepted: true };
  const text = reply.body.trim();
  if (text === '1' || text === '') return { class: 'ok' };
  return { class: 'ok', accepted: true, reference: excerpt(text) };
}
