import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { expectPartsToFit, openChannel } from '../../test/support/channel-contract.ts';
import { hostileMessage, sampleMessage } from '../../test/support/sample-message.ts';
import type { HttpReply } from '../http-request.ts';
import { channel, classifyDingtalk, dingtalkBody, dingtalkSign } from './dingtalk.ts';

const message = sampleMessage(undefined, { language: 'zh' });

const mention = { mobiles: ['13800000000'], user_ids: ['u1'], all: false, severity: ['critical' as const] };

describe('dingtalkSign', () => {
  it('gives the known signature', () => {
    expect(dingtalkSign('SEC000', 1_700_000_000_000)).toBe('ltBBey5eZrWKh1cPzFIdz3v3xpkc4Tjx4lLsPSHqdtA=');
  });
});

describe('dingtalkBody', () => {
  it('is markdown with a title for the lock screen', () => {
    expect(dingtalkBody({}, message)).toEqual({
      msgtype: 'markdown',
      markdown: {
        title: '[严重][触发] db1:5432：磁盘 /data 预计 6 小时后写满',
        text: [
          '### [严重][触发] db1:5432：磁盘 /data 预计 6 小时后写满',
          '',
          [
            '剩余 4%。',
            '**位置:** db1:5432',
            '**开始:** 2026-11-22 15:51:11 +08:00 (12 分钟)',
            '[处理手册](https://docs.example/runbooks/a%28b%29)',
          ].join('  \n  '),
        ].join('\n'),
      },
    });
  });

  it('repeats mentioned people in the text, else nobody is notified', () => {
    const body = dingtalkBody({ mention }, message);

    expect(body).toMatchObject({ at: { atMobiles: ['13800000000'], atUserIds: ['u1'], isAtAll: false } });
    expect(JSON.stringify(body)).toContain('@13800000000 @u1');
  });

  it.each([
    ['when it is over', { ...message, resolved: true }],
    ['for lesser alerts', { ...message, severity: 'warning' as const }],
    ['in a second part', { ...message, part: { number: 2, count: 2 } }],
  ])('mentions nobody %s', (_name, part) => {
    expect(JSON.stringify(dingtalkBody({ mention }, part))).not.toContain('13800000000');
  });

  it('adds the keyword only where it is missing', () => {
    expect(JSON.stringify(dingtalkBody({ keyword: '告警' }, message))).toContain('告警');
    expect(JSON.stringify(dingtalkBody({ keyword: '严重' }, message)).match(/严重/g)).toHaveLength(2);
  });

  it('is plain text when the formatted one was refused', () => {
    expect(dingtalkBody({}, { ...message, plain: true })).toMatchObject({
      msgtype: 'text',
      text: { content: expect.stringContaining('处理手册: https://docs.example/runbooks/a(b)') },
    });
  });

  it('does not let an alert write links, tags or mentions', () => {
    const body = dingtalkBody({}, hostileMessage()) as { markdown: { text: string } };
    const text = JSON.stringify(body.markdown.text);

    expect(text).not.toContain('](http://evil');
    expect(text).not.toContain('<font');
    expect(text).not.toContain('@all');
    expect(text).not.toMatch(/\\n {2}[#>] /);
  });
});

describe('the channel', () => {
  it('cuts every message to its limit', () => {
    const url = new Secret('https://oapi.dingtalk.com/robot/send?access_token=t');

    expectPartsToFit(openChannel(channel, { url, mention, keyword: '告警' }));
  });
});

describe('classifyDingtalk', () => {
  const reply = (body: string, status = 200): HttpReply => ({ kind: 'response', status, headers: {}, body });
  const code = (errcode: number, errmsg = 'x') => reply(JSON.stringify({ errcode, errmsg }));

  it.each<[string, HttpReply, string]>([
    ['ok', code(0, 'ok'), 'ok'],
    ['busy', code(-1, 'system busy'), 'transient'],
    ['too fast', code(130101, 'send too fast, exceed 20 times per minute'), 'rate_limited'],
    ['too fast, other code', code(302033), 'rate_limited'],
    ['too fast, newer code', code(410100), 'rate_limited'],
    ['too long', code(460101), 'payload'],
    ['too long, other code', code(101002), 'payload'],
    ['content blocked', code(430102), 'payload'],
    ['signature, keyword or address', code(310000, 'sign not match'), 'config'],
    ['robot gone', code(400102), 'config'],
    ['monthly quota used up', code(90030), 'config'],
    ['unknown code', code(999999), 'config'],
    ['error page with 200', reply('<html><title>Gateway</title></html>'), 'transient'],
    ['gateway error', reply('bad gateway', 502), 'transient'],
    ['not found', reply('no', 404), 'config'],
    [
      'refused connection',
      { kind: 'failed', sent: false, unacceptable: false, detail: 'ECONNREFUSED' },
      'transient',
    ],
    ['lost answer', { kind: 'failed', sent: true, unacceptable: false, detail: 'ECONNRESET' }, 'ambiguous'],
    [
      'bad certificate',
      { kind: 'failed', sent: false, unacceptable: true, detail: 'CERT_HAS_EXPIRED' },
      'config',
    ],
  ])('%s', (_name, answer, expected) => {
    expect(classifyDingtalk(answer).class).toBe(expected);
  });

  it('names the code and the reason', () => {
    expect(classifyDingtalk(code(310000, 'sign not match'))).toMatchObject({
      detail: 'errcode 310000: sign not match',
    });
  });
});
