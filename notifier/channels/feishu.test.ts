import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import {
  expectPartsToFit,
  LOST,
  openChannel,
  REFUSED,
  reply,
  UNTRUSTED,
} from '../../test/support/channel-contract.ts';
import { hostileMessage, sampleMessage } from '../../test/support/sample-message.ts';
import type { HttpReply } from '../http-request.ts';
import { channel, classifyFeishu, feishuBody, feishuSign } from './feishu.ts';

const url = new Secret('https://open.feishu.cn/open-apis/bot/v2/hook/token');
const mention = { open_ids: ['ou_1'], all: true, severity: ['critical' as const] };

describe('feishuSign', () => {
  it('gives the known signature', () => {
    expect(feishuSign('xxx', 1_661_860_880)).toBe('QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU=');
  });
});

describe('feishuBody', () => {
  it('is a card whose colour follows the state', () => {
    expect(feishuBody({ mention }, sampleMessage())).toEqual({
      msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: {
          title: {
            tag: 'plain_text',
            content: '[CRITICAL][FIRING] db1:5432: Disk /data fills up in 6 hours',
          },
          template: 'red',
        },
        elements: [
          {
            tag: 'div',
            text: {
              tag: 'lark_md',
              content: [
                'Free: 4%.',
                '**Where:** db1:5432',
                '**Since:** 2026-11-22 15:51:11 +08:00 (12 minutes)',
                '[Runbook](https://docs.example/runbooks/a%28b%29)',
                '',
                '<at id=ou_1></at> <at id=all></at>',
              ].join('\n'),
            },
          },
        ],
      },
    });
    // The word "resolved" inside an alert does not make it green.
    expect(JSON.stringify(feishuBody({}, { ...sampleMessage(), title: 'resolved?' }))).toContain(
      '"template":"red"',
    );
    expect(JSON.stringify(feishuBody({}, { ...sampleMessage(), resolved: true }))).toContain(
      '"template":"green"',
    );
  });

  it('is text when the card was refused', () => {
    expect(feishuBody({ mention }, { ...sampleMessage(), plain: true })).toMatchObject({
      msg_type: 'text',
      content: { text: expect.stringContaining('<at user_id="ou_1"></at>') },
    });
  });

  it('lets no alert write tags, links or mentions', () => {
    const body = JSON.stringify(
      (feishuBody({}, hostileMessage()) as { card: { elements: unknown } }).card.elements,
    );

    expect(body).not.toMatch(/<|\]\(http:\/\/evil|@all/);
  });

  it('adds the keyword only where it is missing', () => {
    expect(JSON.stringify(feishuBody({ keyword: 'ALERT' }, sampleMessage()))).toContain('ALERT');
    expect(
      JSON.stringify(feishuBody({ keyword: 'CRITICAL' }, sampleMessage())).match(/CRITICAL/g),
    ).toHaveLength(1);
  });
});

describe('the channel', () => {
  it('cuts every message to its limit', () => {
    expectPartsToFit(openChannel(channel, { url, mention }));
  });

  it('takes Lark and nothing else', () => {
    expect(channel.check({ url: new Secret('https://open.larksuite.com/open-apis/bot/v2/hook/t') })).toEqual(
      [],
    );
    expect(channel.check({ url: new Secret('http://open.feishu.cn/open-apis/bot/v2/hook/t') })).toHaveLength(
      1,
    );
  });
});

describe('classifyFeishu', () => {
  it.each<[string, HttpReply, string]>([
    ['ok', reply(200, { code: 0, msg: 'success', data: {} }), 'ok'],
    ['ok of an old bot', reply(200, { StatusCode: 0, StatusMessage: 'success' }), 'ok'],
    ['too many', reply(400, { code: 9499, msg: 'too many request' }), 'rate_limited'],
    ['bad request, same code', reply(400, { code: 9499, msg: 'Bad Request' }), 'payload'],
    ['crowded hour', reply(200, { code: 11232, msg: 'frequency limited' }), 'rate_limited'],
    [
      'signature',
      reply(200, { code: 19021, msg: 'sign match fail or timestamp is not within one hour' }),
      'config',
    ],
    ['address', reply(200, { code: 19022, msg: 'Ip Not Allowed' }), 'config'],
    ['keyword', reply(200, { code: 19024, msg: 'Key Words Not Found' }), 'config'],
    [
      'bot gone',
      reply(200, { code: 19001, msg: 'param invalid: incoming webhook access token invalid' }),
      'config',
    ],
    ['page of a gateway', reply(200, '<html>'), 'transient'],
    ['gateway error', reply(502, ''), 'transient'],
    ['refused', REFUSED, 'transient'],
    ['lost', LOST, 'ambiguous'],
    ['untrusted', UNTRUSTED, 'config'],
  ])('%s', (_name, answer, expected) => {
    expect(classifyFeishu(answer).class).toBe(expected);
  });
});
