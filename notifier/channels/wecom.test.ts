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
import { channel, classifyWecom, wecomBody } from './wecom.ts';

const url = new Secret('https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k');
const mention = { user_ids: ['zhang'], mobiles: [], all: false, severity: ['critical' as const] };

describe('wecomBody', () => {
  it('is markdown with a coloured title and the people called', () => {
    const { msgtype, ...body } = wecomBody({ mention }, sampleMessage(undefined, { language: 'zh' }));

    expect(msgtype).toBe('markdown');
    expect(body).toEqual({
      markdown: {
        content: [
          '### <font color="warning">[严重][触发] db1:5432：磁盘 /data 预计 6 小时后写满</font>',
          '',
          '剩余 4%。',
          '**位置:** db1:5432',
          '**开始:** 2026-11-22 15:51:11 +08:00 (12 分钟)',
          '[处理手册](https://docs.example/runbooks/a%28b%29)',
          '',
          '<@zhang>',
        ].join('\n'),
      },
    });
  });

  it('is text where a phone number or everybody is called, which markdown cannot', () => {
    const body = wecomBody({ mention: { ...mention, mobiles: ['13800000000'], all: true } }, sampleMessage());

    expect(body).toMatchObject({
      msgtype: 'text',
      text: { mentioned_list: ['zhang', '@all'], mentioned_mobile_list: ['13800000000'] },
    });
  });

  it('calls nobody when it is over', () => {
    const body = JSON.stringify(wecomBody({ mention }, { ...sampleMessage(), resolved: true }));

    expect(body).not.toContain('zhang');
    expect(body).toContain('color=\\"info\\"');
  });

  it('lets no alert write tags, links or mentions', () => {
    const body = JSON.stringify(wecomBody({}, hostileMessage()));

    expect(body.match(/<[^f/]/g)).toBeNull();
    expect(body.match(/<font/g)).toHaveLength(1);
    expect(body).not.toMatch(/\]\(http:\/\/evil|@all/);
  });
});

describe('the channel', () => {
  it.each([{}, { mention: { ...mention, all: true } }])(
    'cuts every message to 4,096 bytes, texts to 2,048',
    (extra) => {
      expectPartsToFit(openChannel(channel, { url, ...extra }));
    },
  );

  it('refuses an address elsewhere without showing it', () => {
    const problems = channel.check({ url: new Secret('https://evil.example/?key=canary') }).join();

    expect(problems).toContain('qyapi.weixin.qq.com');
    expect(problems).not.toContain('canary');
  });
});

describe('classifyWecom', () => {
  it.each<[string, HttpReply, string]>([
    ['ok', reply(200, { errcode: 0, errmsg: 'ok' }), 'ok'],
    [
      'too long',
      reply(200, { errcode: 40058, errmsg: 'markdown.content exceed max length 4096' }),
      'payload',
    ],
    ['too large', reply(200, { errcode: 45002, errmsg: 'size out of limit' }), 'payload'],
    ['too fast', reply(200, { errcode: 45009, errmsg: 'reach max api daily quota limit' }), 'rate_limited'],
    ['busy', reply(200, { errcode: -1, errmsg: 'system busy' }), 'transient'],
    ['key gone', reply(200, { errcode: 93000, errmsg: 'invalid webhook url' }), 'config'],
    ['unknown', reply(200, { errcode: 1234567 }), 'config'],
    ['page of a gateway', reply(200, '<html>'), 'transient'],
    ['gateway error', reply(503, 'x'), 'transient'],
    ['refused', REFUSED, 'transient'],
    ['lost', LOST, 'ambiguous'],
    ['untrusted', UNTRUSTED, 'config'],
  ])('%s', (_name, answer, expected) => {
    expect(classifyWecom(answer).class).toBe(expected);
  });
});
