import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { expectPartsToFit, LOST, openChannel, REFUSED, reply } from '../../test/support/channel-contract.ts';
import { hostileMessage, sampleMessage } from '../../test/support/sample-message.ts';
import type { HttpReply } from '../http-request.ts';
import { channel, classifyTeams, teamsBody } from './teams.ts';

const url = new Secret(
  'https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=s',
);

describe('teamsBody', () => {
  it('is an adaptive card', () => {
    expect(teamsBody(sampleMessage())).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.2',
            body: [
              {
                text: '[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours',
                color: 'Attention',
                wrap: true,
              },
              {
                text: [
                  'Free: 4%.',
                  '**Where:** db1:5432',
                  '**Since:** 2026-11-22 15:51:11 +08:00 (12 minutes)',
                  '[Runbook](https://docs.example/runbooks/a%28b%29)',
                ].join('\n\n'),
              },
            ],
          },
        },
      ],
    });
  });

  it('lets no alert write links', () => {
    expect(JSON.stringify(teamsBody(hostileMessage()))).not.toMatch(/\]\(http:\/\/evil|<at/);
  });
});

describe('the channel', () => {
  it('cuts every message to its limit', () => {
    expectPartsToFit(openChannel(channel, { url }));
  });

  it.each([
    ['https://prod-1.westeurope.logic.azure.com/x', 0],
    ['https://a.b.environment.api.powerplatform.com/x', 0],
    ['https://contoso.webhook.office.com/x', 0],
    ['https://logic.azure.com.evil.example/x', 1],
    ['http://prod-1.westeurope.logic.azure.com/x', 1],
  ])('checks the host of %s', (address, problems) => {
    expect(channel.check({ url: new Secret(address) })).toHaveLength(problems);
  });
});

describe('classifyTeams', () => {
  const hidden = (status: number) =>
    `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId x`;

  it.each<[string, HttpReply, object]>([
    ['accepted by Workflows, not yet posted', reply(202, ''), { class: 'ok', accepted: true }],
    ['posted by a connector', reply(200, '1'), { class: 'ok' }],
    ['429 hidden in a 200', reply(200, hidden(429)), { class: 'rate_limited' }],
    ['413 hidden in a 200', reply(200, hidden(413)), { class: 'payload' }],
    ['too fast', reply(429, '', { 'retry-after': '12' }), { class: 'rate_limited', retryAfterSeconds: 12 }],
    ['bad card', reply(400, '{"error":{"code":"InvalidRequestContent"}}'), { class: 'payload' }],
    ['expired signature', reply(401, ''), { class: 'config' }],
    ['workflow gone', reply(404, ''), { class: 'config' }],
    ['broken', reply(502, ''), { class: 'transient' }],
    ['refused', REFUSED, { class: 'transient' }],
    ['lost', LOST, { class: 'ambiguous' }],
  ])('%s', (_name, answer, expected) => {
    expect(classifyTeams(answer)).toMatchObject(expected);
  });
});
