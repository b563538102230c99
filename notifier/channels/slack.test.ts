import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { expectPartsToFit, LOST, openChannel, REFUSED, reply } from '../../test/support/channel-contract.ts';
import { hostileMessage, sampleIncident, sampleMessage } from '../../test/support/sample-message.ts';
import type { HttpReply } from '../http-request.ts';
import { channel, classifySlack, slackBody } from './slack.ts';

const url = new Secret('https://hooks.slack.com/services/T/B/X');
const mention = {
  users: ['U1'],
  groups: ['S1'],
  here: true,
  channel: false,
  severity: ['critical' as const],
};

describe('slackBody', () => {
  it('has a header, a section per incident and a text for notifications', () => {
    expect(slackBody({ mention }, sampleMessage())).toEqual({
      text: '[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours',
      blocks: [
        {
          type: 'header',
          text: { type: 'plain_text', text: '[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours' },
        },
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: [
              'Free: 4%.',
              '*Where:* db1:5432',
              '*Since:* 2026-11-22 15:51:11 +08:00 (12 minutes)',
              '<https://docs.example/runbooks/a(b)|Runbook>',
            ].join('\n'),
          },
        },
        { type: 'section', text: { type: 'mrkdwn', text: '<@U1> <!subteam^S1> <!here>' } },
      ],
    });
  });

  it('escapes what would call people or make links', () => {
    const body = JSON.stringify(slackBody({}, hostileMessage()).blocks?.slice(1));

    expect(body).not.toContain('<');
    expect(body).toContain('&lt;!channel&gt;');
  });

  it('cuts the header at 150 characters', () => {
    const annotations = { summary: 'x'.repeat(400) };
    const body = slackBody(
      {},
      sampleMessage([{ incident: sampleIncident({ annotations }), change: 'open' }]),
    );

    expect(body.blocks?.[0]?.text.text).toHaveLength(150);
  });
});

describe('the channel', () => {
  it('cuts every message, each section and the number of blocks to the limits', () => {
    expectPartsToFit(openChannel(channel, { url, mention }));
  });
});

describe('classifySlack', () => {
  it.each<[string, HttpReply, object]>([
    ['ok', reply(200, 'ok'), { class: 'ok' }],
    [
      'too fast',
      reply(429, 'rate_limited', { 'retry-after': '30' }),
      { class: 'rate_limited', retryAfterSeconds: 30 },
    ],
    ['bad payload', reply(400, 'invalid_payload'), { class: 'payload' }],
    ['bad blocks', reply(400, 'invalid_blocks'), { class: 'payload' }],
    ['a 400 about the webhook', reply(400, 'channel_not_found'), { class: 'config' }],
    ['forbidden', reply(403, 'action_prohibited'), { class: 'config' }],
    ['gone', reply(404, 'no_service'), { class: 'config' }],
    ['archived', reply(410, 'channel_is_archived'), { class: 'config' }],
    ['broken', reply(500, 'rollup_error'), { class: 'transient' }],
    ['page of a gateway', reply(200, '<html><title>Login</title></html>'), { class: 'transient' }],
    ['refused', REFUSED, { class: 'transient' }],
    ['lost', LOST, { class: 'ambiguous' }],
  ])('%s', (_name, answer, expected) => {
    expect(classifySlack(answer)).toMatchObject(expected);
  });
});
